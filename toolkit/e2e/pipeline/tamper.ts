import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type Descriptor = { digest: string; size: number; mediaType?: string }

/**
 * What somebody could do who may write to the registry, and to the files between two steps: another image in the place of the
 * one that was signed, with all that was signed of that attached to it, and a build record that names it.
 */
export async function replaceImage(store: string, path: string, workspace: string): Promise<void> {
  const record = join(workspace, 'out/record.json')
  const text = await readFile(record, 'utf8')
  const { artifacts }: { artifacts: { service: { digest: string } } } = JSON.parse(text) // as ./fairlead push has written it
  const old = artifacts.service.digest
  const at = (reference: string) => `http://${store}/v2/${path}/manifests/${reference}`
  const image = await read(at(old))
  const other = await put(at, { ...image.body, annotations: { 'org.example.replaced': 'yes' } }, image.type)
  const list = await read(at(old.replace(':', '-')))
  const attached = []
  for (const each of list.body.manifests ?? []) {
    const { body, type } = await read(at(each.digest))
    attached.push({ ...each, ...(await put(at, { ...body, subject: { ...body.subject, ...other } }, type)) })
  }
  if (attached.length === 0) throw new Error(`nothing is attached to ${old}`)
  await put(at, { ...list.body, manifests: attached }, list.type, other.digest.replace(':', '-'))
  await writeFile(record, text.replaceAll(old, other.digest))
}

type Manifest = { manifests?: Descriptor[]; subject?: Descriptor; [key: string]: unknown }

async function read(url: string): Promise<{ body: Manifest; type: string }> {
  const accept =
    'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'
  const answer = await fetch(url, { headers: { accept } })
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  return { body: JSON.parse(await answer.text()) as Manifest, type: answer.headers.get('content-type') ?? '' } // OCI's format
}

async function put(
  at: (reference: string) => string,
  body: Manifest,
  type: string,
  tag?: string,
): Promise<{ digest: string; size: number }> {
  const bytes = Buffer.from(JSON.stringify(body))
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const answer = await fetch(at(tag ?? digest), { method: 'PUT', body: bytes, headers: { 'content-type': type } })
  if (!answer.ok) throw new Error(`${at(tag ?? digest)} answers ${answer.status}: ${await answer.text()}`)
  return { digest, size: bytes.length }
}
