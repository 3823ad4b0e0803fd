import { globSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findDifferent } from './chart/generated.ts'
import { run } from './exec.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'

export const chart: Step = {
  name: 'chart',
  summary:
    'Bring up to date what the charts have from elsewhere: copied files, tables of values, plain manifests; or package them.',
  help: `Usage: ./fairlead chart [--check]
       ./fairlead chart package

  --check  write nothing; exit 1 and name each file that is not current
  package  each chart as an artifact of the build record, in out/chart-<name>.oci, with the version that image-tag gave it;
           ./fairlead push and what follows treat it as they treat an image

Plain manifests need helm, which ./fairlead tools builds. ./fairlead check chart renders and judges the charts.`,
  async run(args, context) {
    const options = { check: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseOptions(args, options, { allowPositionals: true })
    if (positionals.length > 0) return packageAll(positionals, values, context)
    const { root, print } = context
    let count = 0
    for (const find of [findDifferent, findDifferentManifests]) {
      const different = await find(root, context)
      count += different.length
      for (const { path, text } of different) {
        print(`${path}${values.check ? ' is not current: run ./fairlead chart' : ''}`)
        if (values.check) continue
        await mkdir(dirname(join(root, path)), { recursive: true })
        await writeFile(join(root, path), text)
      }
      const json = different.map(({ path }) => path).filter(path => path.endsWith('.json'))
      if (!values.check && json.length > 0) await format(json, context)
    }
    if (count === 0) print('everything is current')
    return values.check && count > 0 ? 1 : 0
  },
}

async function packageAll(words: readonly string[], { check }: { check: boolean }, context: Context): Promise<number> {
  if (words.length > 1 || words[0] !== 'package')
    throw new UsageError(`expected package or nothing, got "${words.join(' ')}"`)
  if (check) throw new UsageError('--check does not go with package')
  const { conclude } = await import('./verdict.ts')
  const { packageCharts } = await import('./chart/package.ts')
  return conclude('chart package', context, () => packageCharts(context))
}

/** After the rest, because it is part of what is rendered; helm is made ready only where there is something to render. */
async function findDifferentManifests(root: string, context: Context): Promise<{ path: string; text: string }[]> {
  if (globSync('helm/*/manifests/*/values.yaml', { cwd: root }).length === 0) return []
  const { prepareHelm } = await import('./chart/helm.ts')
  const { findStaleManifests, renderManifests } = await import('./chart/manifests.ts')
  const { path: helm } = await prepareHelm(context)
  const stale = new Set(await findStaleManifests(helm, context))
  return (await renderManifests(helm, context)).filter(({ path }) => stale.has(path))
}

async function format(paths: string[], { root, signal }: Context): Promise<void> {
  const { code, stderr } = await run(join(root, 'node_modules/.bin/biome'), ['format', '--write', ...paths], {
    cwd: root,
    signal,
  })
  if (code !== 0) throw new Error(`biome could not format ${paths.join(', ')}; run npm run fix\n${stderr}`)
}
