import { loadExcuses } from '../check.ts'
import { down } from '../cluster/down.ts'
import { createKubectl } from '../cluster/kubectl.ts'
import { findLeftovers, namespacesOf, readSettings, type Traces } from '../cluster/leftovers.ts'
import { findNode } from '../cluster/node.ts'
import { waitForCluster } from '../cluster/owner.ts'
import { places } from '../cluster/places.ts'
import { preparePrograms } from '../cluster/programs.ts'
import { whyNoCluster, withSystemPath } from '../cluster/requirements.ts'
import { up } from '../cluster/up.ts'
import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import { createReport } from './proof.ts'
import { clusterProofs } from './proofs/cluster.ts'

/** Proves `./fairlead cluster` itself, on a cluster from nothing. Resolves to the exit code. */
export async function runCluster({ keep }: { keep: boolean }, given: Context): Promise<number> {
  const context = { ...given, env: withSystemPath(given.env) }
  using _owner = await waitForCluster('./fairlead e2e cluster', context)
  if (await findNode()) throw new Error('a cluster runs already; end it first: ./fairlead cluster down')
  const report = createReport(context, await loadExcuses(context.root))
  const settings = await readSettings()
  let traces: Traces = { namespaces: [], settings }
  let mine: number | undefined
  try {
    const started = await report.prove('cluster-up', async () => {
      const reason = await whyNoCluster(context.env)
      if (reason) throw new NotRun(reason)
      await up(context)
      const node = await findNode()
      if (!node) throw new Error('the node has ended')
      mine = node.pid
      traces = { namespaces: await namespacesOf(node), settings }
      const seen = await findLeftovers(traces, context)
      for (const kind of ['process', 'interface', 'route', 'group', 'folder'])
        if (!seen.some(line => line.startsWith(kind))) throw new Error(`no ${kind} of a running cluster is found`)
      return `real kubelet, real pods; ${seen.length} things of it are seen from outside`
    })
    if (started === 'passed') {
      const { kubectl: path } = await preparePrograms(context)
      const kubectl = createKubectl(path, places.kubeconfig, context)
      for (const proof of clusterProofs) {
        context.signal.throwIfAborted()
        await report.prove(proof.name, () => proof.run(kubectl, context))
      }
    }
  } finally {
    if (keep) context.print('it runs on; to end it: ./fairlead cluster down')
    else if (mine !== undefined || (await findNode()))
      await report.prove('cluster-down', async () => {
        const node = await findNode()
        // There is one cluster on a machine: whoever has started another meanwhile has ended this one, and keeps theirs.
        if (mine !== undefined && node?.pid !== mine) throw new Error('somebody else has ended the cluster meanwhile')
        await down({ env: context.env, signal: context.hurry })
        const left = await findLeftovers(traces, context)
        if (left.length > 0) throw new Error(`down left ${left.join('; ')}`)
        return 'no process, mount, interface, route, rule, control group or folder is left'
      })
  }
  return report.end() ? 0 : 1
}
