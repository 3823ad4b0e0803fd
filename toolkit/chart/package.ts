import { globSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { type Artifact, readRecord, type Source, updateRecord } from '../record/record.ts'
import { currentSource } from '../record/source.ts'
import { planOf, shaTag } from '../record/tags.ts'
import { type Content, writeLayout } from '../registry/layout.ts'
import { chartName, registryBase } from '../registry/reference.ts'
import { gzip, writeTar } from '../registry/tar.ts'
import type { Context } from '../step.ts'
import { need } from '../tools/need.ts'
import { findCharts } from './charts.ts'

/** Packages every chart of the record's commit; each becomes an OCI layout in out/ and an artifact of the record. */
export async function packageCharts(context: Context): Promise<string> {
  const record = await readRecord(context)
  const source = await currentSource(record, context)
  const { path: helm } = await need('helm', context)
  const base = registryBase(context.env)
  const packed: [string, Artifact][] = []
  for (const { folder } of findCharts(context.root)) {
    const name = basename(folder)
    const file = `out/chart-${name}.oci`
    const content = await packageChart({ helm, folder, source }, context)
    const { id } = await writeLayout(join(context.root, file), content)
    packed.push([`chart-${name}`, { kind: 'chart', name: chartName(base, name), id, file, tags: record.tags }])
  }
  await updateRecord(context, now => ({
    ...now,
    artifacts: { ...now.artifacts, ...Object.fromEntries(packed) },
  }))
  return `${packed.map(([key, { file }]) => `${key} in ${file}`).join(', ')}: version ${planOf(source).version}`
}

type Packaging = { helm: string; folder: string; source: Source }

/** What `helm push` would push (Helm's docs, "OCI registries"), but the same bytes for the same commit on every machine. */
export async function packageChart({ helm, folder, source }: Packaging, context: Context): Promise<Content> {
  await using temporary = await temporaryFolder('fairlead-chart-')
  const { version, build } = planOf(source)
  // Where nobody gives a chart a digest, its image is the one of the same commit.
  const appVersion = build ? shaTag(source.commit) : version
  const call = async (program: string, args: readonly string[]) => {
    const { code, stdout, stderr } = await run(program, args, {
      cwd: context.root,
      env: context.env,
      signal: context.signal,
    })
    if (code !== 0) throw new Error(`${basename(program)} ${args[0]} ${folder}: ${stderr.trim() || stdout.trim()}`)
  }
  const to = ['--destination', temporary.path]
  await call(helm, ['package', folder, '--version', version, '--app-version', appVersion, ...to])
  const [archive = ''] = globSync('*.tgz', { cwd: temporary.path })
  const unpacked = join(temporary.path, 'unpacked')
  await mkdir(unpacked)
  await call('tar', ['--extract', '--gzip', '--file', join(temporary.path, archive), '--directory', unpacked])
  // Helm's archive has the time of the packaging in it; ours has none.
  const files = new Map<string, Buffer>()
  for (const entry of globSync('**', { cwd: unpacked, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(unpacked.length + 1), await readFile(path))
  }
  return contentOf(files, source, context.env.GITHUB_SERVER_URL ?? 'https://github.com')
}

function contentOf(files: ReadonlyMap<string, Buffer>, { commit, repository }: Source, server: string): Content {
  const [name, text] = [...files].find(([path]) => /^[^/]+\/Chart\.yaml$/.test(path)) ?? []
  if (name === undefined || text === undefined) throw new Error('helm package made an archive without a Chart.yaml')
  const chart = parse(text.toString()) as { name: string; version: string; description?: string } // helm has checked it
  return {
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', bytes: Buffer.from(JSON.stringify(chart)) },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', bytes: gzip(writeTar(files)) }],
    annotations: {
      'org.opencontainers.image.title': chart.name,
      'org.opencontainers.image.version': chart.version,
      'org.opencontainers.image.revision': commit,
      ...(chart.description !== undefined && { 'org.opencontainers.image.description': chart.description }),
      ...(repository !== 'local' && { 'org.opencontainers.image.source': `${server}/${repository}` }),
    },
  }
}
