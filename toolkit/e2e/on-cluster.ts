import { loadExcuses } from '../check.ts'
import { down } from '../cluster/down.ts'
import { findNode, type Node } from '../cluster/node.ts'
import { type Cluster, openCluster } from '../cluster/open.ts'
import { otherKubeconfig } from '../cluster/other.ts'
import { waitForCluster } from '../cluster/owner.ts'
import { withSystemPath } from '../cluster/requirements.ts'
import { up } from '../cluster/up.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { markOf, removeScene } from './kubernetes/namespaces.ts'
import { createReport, type Report } from './proof.ts'

/** Where a scene is played. */
export type Stage = { cluster: Cluster; report: Report; folder: string; context: Context }

/**
 * Plays a scene on the cluster of KUBECONFIG, on the one of this machine, or on one that is started for it and ended
 * afterwards. What the scene made in somebody's cluster is removed. Resolves to the exit code.
 */
export async function onCluster(
  { name, keep }: { name: string; keep: boolean },
  given: Context,
  play: (stage: Stage) => Promise<void>,
): Promise<number> {
  const context = { ...given, env: withSystemPath(given.env) }
  const report = createReport(context, await loadExcuses(context.root))
  using _owner = await waitForCluster(`./fairlead e2e ${name}`, context)
  await using folder = await temporaryFolder(`${name}-proof-`)
  const isOurs = otherKubeconfig(context.env) === undefined && (await findNode()) === undefined
  let own: Node | undefined
  let cluster: Cluster | undefined
  try {
    await report.prove(`${name}-cluster`, async () => {
      if (isOurs) await up(context)
      if (isOurs) own = await findNode()
      cluster = await openCluster(folder.path, context)
      return cluster.what
    })
    if (cluster) await play({ cluster, report, folder: folder.path, context })
  } finally {
    if (keep && cluster) context.print(howToEnd(name, cluster, isOurs))
    // Somebody may have ended ours meanwhile, and started another.
    else if (own && (await findNode())?.pid === own.pid) await down({ env: context.env, signal: context.hurry })
    else if (cluster && !isOurs) await removeScene(cluster.kubectl, name, context.hurry)
  }
  return report.end() ? 0 : 1
}

function howToEnd(name: string, { kubeconfig }: Cluster, isOurs: boolean): string {
  const look = `it runs on; look with KUBECONFIG=${kubeconfig}`
  if (isOurs) return `${look}, end it with ./fairlead cluster down`
  return `${look}, remove it with kubectl delete namespaces,crds --selector=${markOf(name)}`
}
