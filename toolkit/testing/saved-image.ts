import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeTar } from '../registry/tar.ts'

/** Writes an image of these files as `docker save` would, without a Docker engine; resolves to its id. */
export async function saveImage(
  file: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  Labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const layer = writeTar(files)
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Labels },
    rootfs: { type: 'layers', diff_ids: [`sha256:${hash(layer)}`] },
  })
  const name = `${hash(config)}.json`
  const manifest = JSON.stringify([{ Config: name, RepoTags: ['shop/service:latest'], Layers: ['layer.tar'] }])
  await mkdir(dirname(file), { recursive: true })
  const parts = new Map<string, Uint8Array | string>([
    [name, config],
    ['layer.tar', layer],
    ['manifest.json', manifest],
  ])
  await writeFile(file, writeTar(parts))
  return `sha256:${hash(config)}`
}

const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
