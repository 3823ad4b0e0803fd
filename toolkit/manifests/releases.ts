import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Helm } from '../chart/helm.ts'
import type { Manifest } from '../chart/manifests-in.ts'
import type { Fault } from './fault.ts'
import { type Judge, judgeObjects } from './judge.ts'

/** As much of the two as is read here; the schemas have looked at both before. */
type HelmRelease = Manifest & { spec: { chartRef?: { name: string }; values?: object } }
type OciRepository = Manifest & { spec: { url: string } }

/**
 * What helm and the schemas say of each HelmRelease whose chart stands in this repository: rendered with the values that Flux
 * would give it. The last part of the chart's address is the name of its folder below helm/.
 */
export async function judgeReleases(
  manifests: readonly Manifest[],
  { root, file, helm, judge }: { root: string; file: string; helm: Helm; judge: Judge },
): Promise<{ faults: Fault[]; count: number }> {
  const faults: Fault[] = []
  let count = 0
  for (const { metadata, spec } of manifests.filter(isRelease)) {
    const source = manifests.filter(isSource).find(each => each.metadata.name === spec.chartRef?.name)
    const chart = `helm/${source?.spec.url.split('/').at(-1)}`
    if (!source || !existsSync(join(root, chart, 'Chart.yaml'))) {
      faults.push({
        file,
        message: `HelmRelease ${metadata.name}: expected chartRef to lead to a chart below helm/, got ${chart}`,
      })
      continue
    }
    count += 1
    await mkdir(judge.scratch, { recursive: true })
    const values = join(judge.scratch, 'values.yaml')
    await writeFile(values, stringify(spec.values ?? {}))
    const { code, stdout, stderr } = await helm.template(chart, [values])
    if (code !== 0)
      faults.push({ file, message: `HelmRelease ${metadata.name}: ${chart} refuses its values:\n${stderr.trim()}` })
    else faults.push(...(await judgeObjects(stdout, new Map([[file, '']]), judge)).faults)
  }
  return { faults, count }
}

// The schemas know what the two are by these fields.
const isRelease = (manifest: Manifest): manifest is HelmRelease => manifest.kind === 'HelmRelease'
const isSource = (manifest: Manifest): manifest is OciRepository => manifest.kind === 'OCIRepository'
