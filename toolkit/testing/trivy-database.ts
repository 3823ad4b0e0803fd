import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { writeLayout } from '../registry/layout.ts'
import { gzip, writeTar } from '../registry/tar.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'

/** `vulnerable` and `patched` are ranges of npm, such as "<1.2.6" and ">=1.2.6". */
export type Advisory = {
  id: string
  package: string
  vulnerable: string[]
  patched: string[]
  severity: 'CRITICAL' | 'HIGH' | 'MEDIUM' | 'LOW'
  title: string
}

/**
 * Writes the vulnerability database that knows these advisories of npm, as of `date`, to where Trivy looks for it in a cache
 * folder (TRIVY_CACHE_DIR; with TRIVY_SKIP_DB_UPDATE=true it is taken as it is).
 */
export async function writeTrivyDatabase(
  cache: string,
  advisories: readonly Advisory[],
  context: Context,
  date = new Date(),
): Promise<void> {
  const { path } = await prepareTool(pinOf('trivy-database'), context)
  await mkdir(cache, { recursive: true })
  const list = join(cache, 'advisories.json')
  await writeFile(list, JSON.stringify(advisories))
  const { code, stderr } = await run(path, [list, join(cache, 'db'), date.toISOString()], context)
  if (code !== 0) throw new Error(`${path} ended with ${code}: ${stderr.trim()}`)
}

/** The same as the folder of an OCI layout, to be pushed to where TRIVY_DB_REPOSITORY says. Resolves to its digest. */
export async function writeTrivyLayout(folder: string, cache: string): Promise<string> {
  const files = await Promise.all(
    ['metadata.json', 'trivy.db'].map(async name => [name, await readFile(join(cache, 'db', name))] as const),
  )
  // As ghcr.io/aquasecurity/trivy-db:2 has it; Trivy refuses a layer of another type, or without a name.
  const layer = {
    mediaType: 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
    bytes: gzip(writeTar(new Map(files))),
    annotations: { 'org.opencontainers.image.title': 'db.tar.gz' },
  }
  const config = { mediaType: 'application/vnd.aquasec.trivy.config.v1+json', bytes: Buffer.from('{}') }
  return (await writeLayout(folder, { config, layers: [layer] })).digest
}
