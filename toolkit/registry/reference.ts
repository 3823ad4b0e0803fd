import { readGithub } from '../github.ts'

// Where images go when nobody says anything else; `init` renames it.
const template = 'ghcr.io/acme/hello-world'

/**
 * Registry and path below which everything of this repository lies: REGISTRY, else GitHub's own registry by the name of
 * the repository. Images are <base>/<target>, charts <base>/charts/<folder of helm/>.
 */
export function registryBase(env: NodeJS.ProcessEnv): string {
  const github = readGithub(env)
  const base = env.REGISTRY ?? (github ? `ghcr.io/${github.repository.toLowerCase()}` : template)
  return checkName(base, 'REGISTRY')
}

export const imageName = (base: string, target: string): string => `${base}/${target}`
export const chartName = (base: string, folder: string): string => `${base}/charts/${folder}`

const host = /^(localhost|\[::1\]|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+)(:\d{1,5})?$/
const part = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/ // distribution-spec, "Pulling manifests"

/** A repository without tag or digest, such as ghcr.io/acme/shop-api/service. */
export function checkName(name: string, what: string): string {
  const [registry = '', ...path] = name.split('/')
  if (!host.test(registry) || path.length === 0 || !path.every(each => part.test(each)))
    throw new Error(
      `${what}: expected <registry>/<path> in lower case without a tag, such as ${template}, got "${name}"`,
    )
  if (isPrivateAddress(registry))
    throw new Error(`${what}: ${registry} would be asked without TLS; give it a name that has a certificate`)
  return name
}

const digestPattern = /^sha256:[0-9a-f]{64}$/

export function checkDigest(digest: string, what: string): string {
  if (digestPattern.test(digest)) return digest
  throw new Error(`${what}: expected sha256:<64 hex digits>, got "${digest}"`)
}

/** `name@sha256:…`, the only way in which anything here is signed, verified or deployed. */
export const atDigest = (name: string, digest: string): string => `${name}@${digest}`

export const registryOf = (name: string): string => name.split('/')[0] ?? name

/** Only there is plain HTTP spoken. */
export const isLoopback = (name: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(registryOf(name))

// crane takes addresses of RFC 1918 for registries without TLS.
const isPrivateAddress = (registry: string) =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)[\d.]+(:\d+)?$/.test(registry)

/**
 * The tag by which the chart of an image's own commit is found: whoever moves the digest of the image moves the chart with
 * it. It never points at another chart.
 */
export const chartTagOf = (imageDigest: string): string =>
  `image-${checkDigest(imageDigest, 'digest').slice('sha256:'.length)}`
