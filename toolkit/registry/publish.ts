import { globSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { type Content, writeLayout } from './layout.ts'
import { checkName } from './reference.ts'
import { createRegistry } from './registry.ts'
import { gzip, writeTar } from './tar.ts'

export type Publication = {
  /** A folder below the root, or files by their path in the artifact. */
  folder?: string
  files?: ReadonlyMap<string, string>
  /** Registry and repository, without a tag. */
  name: string
  /** Address of the repository that it was made from. */
  source: string
  /** As Flux writes it: <branch>@sha1:<commit>. */
  revision: string
  /** ISO; the time of the commit, so that the same commit gives the same digest. */
  created?: string
}

/** Pushes a folder by digest, without a tag, in the form that `flux push artifact` gives it and source-controller takes. */
export async function publishFolder(publication: Publication, context: Context): Promise<{ digest: string }> {
  const name = checkName(publication.name, 'name')
  const files = publication.files ?? (await readFolder(join(context.root, publication.folder ?? '')))
  if (files.size === 0) throw new Error(`there is nothing to publish as ${name}`)
  await using folder = await temporaryFolder('fairlead-artifact-')
  await writeLayout(join(folder.path, 'layout'), fluxContent(files, publication))
  const registry = await createRegistry(context)
  return { digest: await registry.push(join(folder.path, 'layout'), name) }
}

export function fluxContent(
  files: ReadonlyMap<string, Uint8Array | string>,
  { source, revision, created }: Pick<Publication, 'source' | 'revision' | 'created'>,
): Content {
  const type = (what: string) => `application/vnd.cncf.flux.${what}`
  return {
    config: { mediaType: type('config.v1+json'), bytes: Buffer.from('{}') },
    layers: [{ mediaType: type('content.v1.tar+gzip'), bytes: gzip(writeTar(files)) }],
    annotations: {
      'org.opencontainers.image.source': source,
      'org.opencontainers.image.revision': revision,
      ...(created !== undefined && { 'org.opencontainers.image.created': created }),
    },
  }
}

async function readFolder(folder: string): Promise<Map<string, Buffer>> {
  const paths = globSync('**', { cwd: folder }).filter(path => statSync(join(folder, path)).isFile())
  return new Map(
    await Promise.all(paths.map(async path => [path, await readFile(join(folder, path))] as [string, Buffer])),
  )
}
