import { stat } from 'node:fs/promises'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { need } from '../tools/need.ts'
import { readLayout } from './layout.ts'
import { atDigest, checkDigest, registryOf } from './reference.ts'
import { explainRefusal, isAbsent } from './refusal.ts'

/** What we read of a manifest, of an image or of an index. */
type Manifest = {
  mediaType?: string
  config?: { mediaType: string; digest: string }
  layers?: { mediaType: string; digest: string }[]
  manifests?: { digest: string; platform?: { os: string; architecture: string } }[]
  annotations?: Record<string, string>
}

export type Registry = {
  /** Pushes what `docker save` wrote, or the folder of an OCI layout, by its digest and without a tag. Resolves to the digest. */
  push(file: string, name: string): Promise<string>
  /** Undefined when the registry has no such thing; any other refusal is an error. */
  digest(reference: string): Promise<string | undefined>
  manifest(reference: string): Promise<Manifest>
  /** The config of an image, as it was built. */
  config(reference: string): Promise<unknown>
  tags(name: string): Promise<string[]>
  tag(nameAtDigest: string, tag: string): Promise<void>
  copy(from: string, to: string): Promise<void>
}

/** The pinned crane. Credentials are those of `docker login` (DOCKER_CONFIG); plain HTTP is spoken on loopback only. */
export async function createRegistry(context: Context): Promise<Registry> {
  const { path: crane } = await need('crane', context)
  const env = withoutSecrets(context.env)
  const call = (args: readonly string[]) => run(crane, args, { cwd: context.root, env, signal: context.signal })
  const ask = async (args: readonly string[], name: string) => {
    const { code, stdout, stderr } = await call(args)
    if (code === 0) return stdout.trim()
    context.signal.throwIfAborted()
    throw new Error(`crane ${args[0]}: ${explainRefusal(stderr, registryOf(name))}`)
  }
  return {
    async push(file, name) {
      const digest = await digestOf(file, tarball => ask(['digest', '--tarball', tarball], name))
      await ask(['push', file, atDigest(name, digest)], name)
      return digest
    },
    async digest(reference) {
      const { code, stdout, stderr } = await call(['digest', reference])
      context.signal.throwIfAborted()
      if (code === 0) return checkDigest(stdout.trim(), reference)
      if (isAbsent(stderr)) return undefined
      throw new Error(`crane digest: ${explainRefusal(stderr, registryOf(reference))}`)
    },
    manifest: async reference => JSON.parse(await ask(['manifest', reference], reference)) as Manifest, // OCI's format
    config: async reference => JSON.parse(await ask(['config', reference], reference)) as unknown,
    async tags(name) {
      const { code, stdout, stderr } = await call(['ls', name])
      context.signal.throwIfAborted()
      if (code === 0) return stdout.split('\n').filter(line => line !== '')
      if (isAbsent(stderr)) return []
      throw new Error(`crane ls: ${explainRefusal(stderr, registryOf(name))}`)
    },
    tag: async (nameAtDigest, tag) => void (await ask(['tag', nameAtDigest, tag], nameAtDigest)),
    copy: async (from, to) => void (await ask(['copy', from, to], to)),
  }
}

// crane would take GITHUB_TOKEN for ghcr.io by itself; what it logs in with is decided in login.ts alone.
const withoutSecrets = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/TOKEN|PASSWORD|SECRET|^COSIGN_/.test(name)))

async function digestOf(file: string, ofTarball: (file: string) => Promise<string>): Promise<string> {
  if (!(await stat(file)).isDirectory()) return checkDigest(await ofTarball(file), file)
  return (await readLayout(file)).digest
}
