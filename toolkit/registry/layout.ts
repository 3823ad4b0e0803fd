import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkDigest } from './reference.ts'

type Blob = { mediaType: string; bytes: Uint8Array; annotations?: Readonly<Record<string, string>> }

/** What goes into the registry as one thing: a chart, or a folder for Flux. */
export type Content = { config: Blob; layers: readonly Blob[]; annotations?: Readonly<Record<string, string>> }

/** `id` is the digest of the config, `digest` that of the manifest. */
export type Written = { id: string; digest: string }

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** Writes the folder of an OCI image layout (image-spec, image-layout.md) anew: the same content gives the same digest. */
export async function writeLayout(folder: string, { config, layers, annotations }: Content): Promise<Written> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true })
  const add = async ({ mediaType, bytes, annotations }: Blob) => {
    const hex = createHash('sha256').update(bytes).digest('hex')
    await writeFile(join(folder, 'blobs/sha256', hex), bytes)
    return {
      mediaType,
      digest: `sha256:${hex}`,
      size: bytes.length,
      ...(annotations && { annotations: sorted(annotations) }),
    }
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: await add(config),
    layers: await Promise.all(layers.map(add)),
    ...(annotations && { annotations: sorted(annotations) }),
  }
  const described = await add({ mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) })
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [described] }
  await writeFile(join(folder, 'index.json'), JSON.stringify(index))
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return { id: manifest.config.digest, digest: described.digest }
}

/** The one manifest of a layout, and the config that it names. Whether blobs are what they say, the registry checks as it gets them. */
export async function readLayout(folder: string): Promise<Written> {
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as { manifests: { digest: string }[] } // OCI's
  const [only, ...more] = index.manifests
  if (only === undefined || more.length > 0)
    throw new Error(`${folder}/index.json: expected one manifest, got ${index.manifests.length}`)
  const digest = checkDigest(only.digest, `${folder}/index.json`)
  const text = await readFile(join(folder, 'blobs/sha256', digest.slice('sha256:'.length)))
  const actual = `sha256:${createHash('sha256').update(text).digest('hex')}`
  if (actual !== digest)
    throw new Error(`${folder}: the manifest ${digest} has the digest ${actual}; it was changed: build again`)
  const { config } = JSON.parse(text.toString()) as { config: { digest: string } } // OCI's
  return { id: checkDigest(config.digest, folder), digest }
}

const sorted = (record: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
