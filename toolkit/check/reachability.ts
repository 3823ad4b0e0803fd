import { findCharts } from '../chart/charts.ts'
import { prepareHelm, release } from '../chart/helm.ts'
import { renderShape } from '../chart/rendered.ts'
import { prepareOracle } from '../reachability/cyclonus.ts'
import { type Proof, prove } from '../reachability/prove.ts'
import type { Context } from '../step.ts'
import { NoGo } from '../tools/go.ts'
import type { Verdict } from './parts.ts'

/** Who reaches whom under the NetworkPolicies of each shape of each chart. */
export async function checkReachability(context: Context): Promise<Verdict> {
  const charts = findCharts(context.root)
  if (charts.length === 0) return { word: 'skipped', detail: 'helm/ has no chart' }
  try {
    const helm = await prepareHelm(context)
    const oracle = await prepareOracle(context)
    const proofs: Proof[] = []
    for (const chart of charts) {
      for (const shape of chart.shapes) {
        const rendering = await renderShape(helm, chart, shape)
        if ('complaint' in rendering) return { word: 'FAILED', detail: `${shape.file}: ${rendering.complaint}` }
        const { manifests } = rendering
        proofs.push(
          await prove({ chart: chart.folder, shape: shape.name, namespace: release.namespace, manifests }, oracle),
        )
      }
    }
    return judge(proofs, oracle.release, context)
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no helm or cyclonus: ${error.message}` }
    throw error
  }
}

function judge(proofs: readonly Proof[], oracle: string, { print }: Context): Verdict {
  const faults = proofs.flatMap(each => each.faults)
  for (const fault of faults) print(fault)
  if (faults.length > 0) return { word: 'FAILED', detail: `${faults.length} faults, see above` }
  const sum = (of: (proof: Proof) => number) => proofs.reduce((total, each) => total + of(each), 0)
  const detail = `${proofs.length} shapes, ${sum(each => each.flows)} flows, ${sum(each => each.mistakes)} planted mistakes found; cyclonus ${oracle} agrees`
  return { word: 'passed', detail }
}
