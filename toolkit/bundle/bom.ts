import { createHash } from 'node:crypto'

/** What package-lock.json says of a package, under its path such as `node_modules/a/node_modules/b`. */
type LockedPackage = { version?: string; license?: string; integrity?: string }
export type Lockfile = { packages: Record<string, LockedPackage> }

/** For each package that the bundle contains, and for '' (our own code), the packages that its modules import. */
export type PackageGraph = ReadonlyMap<string, ReadonlySet<string>>

/**
 * A CycloneDX 1.6 list (https://cyclonedx.org/docs/1.6/json/) of exactly the packages in a bundle. The same bundle gives
 * the same bytes: no time, and a serial number made from the content.
 */
export function createBom(
  application: { name: string; version: string },
  graph: PackageGraph,
  lockfile: Lockfile,
): string {
  const paths = [...graph.keys()].filter(path => path !== '').sort()
  const own = purl(application.name, application.version)
  const refs = new Map([['', own], ...paths.map(path => [path, refOf(path, lockfile)] as const)])
  const list = {
    metadata: { component: { type: 'application', 'bom-ref': own, ...application, purl: own } },
    components: paths.map(path => component(path, lockfile)),
    dependencies: ['', ...paths].map(path => ({
      ref: refs.get(path),
      dependsOn: [...(graph.get(path) ?? [])].map(each => refs.get(each)).sort(),
    })),
  }
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(list))}`
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, version: 1, ...list }, null, 2)}\n`
}

function component(path: string, lockfile: Lockfile) {
  const { name, version, license, integrity } = locked(path, lockfile)
  return {
    type: 'library',
    'bom-ref': refOf(path, lockfile),
    name,
    version,
    purl: purl(name, version),
    ...(license && { licenses: [licenseOf(license)] }),
    ...(integrity && { hashes: [hashOf(integrity)] }),
  }
}

function locked(path: string, lockfile: Lockfile) {
  const found = lockfile.packages[path]
  if (found?.version === undefined) throw new Error(`${path} is bundled but not in package-lock.json; run npm ci`)
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return { ...found, name, version: found.version }
}

/** One version may be installed at two places, so a reference is the purl and the place. */
function refOf(path: string, lockfile: Lockfile): string {
  const { name, version } = locked(path, lockfile)
  return path === `node_modules/${name}` ? purl(name, version) : `${purl(name, version)}#${path}`
}

// https://github.com/package-url/purl-spec: the @ of a scope is encoded, its slash is not.
const purl = (name: string, version: string) => `pkg:npm/${name.replace(/^@/, '%40')}@${version.replaceAll('+', '%2B')}`

const licenseOf = (license: string) =>
  / (AND|OR|WITH) /.test(license)
    ? { expression: license }
    : { license: { [/^[\w.+-]+$/.test(license) ? 'id' : 'name']: license } }

function hashOf(integrity: string) {
  const [algorithm = '', digest = ''] = integrity.split(/[- ?]/)
  return { alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }
}

/** RFC 9562 version 8: any 122 bits, here of a hash. */
export function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
