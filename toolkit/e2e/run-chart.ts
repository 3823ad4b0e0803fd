import { prepareHelm } from '../chart/helm.ts'
import { loadExcuses } from '../check.ts'
import { down } from '../cluster/down.ts'
import { createKubectl } from '../cluster/kubectl.ts'
import { NoCluster } from '../cluster/no-cluster.ts'
import { findNode, type Node } from '../cluster/node.ts'
import { places } from '../cluster/places.ts'
import { preparePrograms } from '../cluster/programs.ts'
import { withSystemPath } from '../cluster/requirements.ts'
import { up } from '../cluster/up.ts'
import { openEngine } from '../engine/engine.ts'
import { NoEngine } from '../engine/no-engine.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { dryRun } from './chart/dry-run.ts'
import { prepareImages, removeImages } from './chart/images.ts'
import { helmTest, install } from './chart/install.ts'
import { eviction, killed, termination } from './chart/pods.ts'
import { applySurroundings } from './chart/postgres.ts'
import { createHelm, type Setting } from './chart/setting.ts'
import { uninstall } from './chart/uninstall.ts'
import { failingMigration, rollback, upgrade } from './chart/upgrade.ts'
import { createReport, NotRun, type Report } from './proof.ts'

/** Each builds on the one before. */
const proofs = [
  ...[dryRun, install, helmTest, upgrade, failingMigration, rollback],
  ...[eviction, termination, killed, uninstall],
]

/** Proves helm/service on a real cluster: one that runs already, or one of our own. Resolves to the exit code. */
export async function runChart({ keep }: { keep: boolean }, given: Context): Promise<number> {
  const context = { ...given, env: withSystemPath(given.env) }
  const report = createReport(context, await loadExcuses(context.root))
  const wasThere = (await findNode()) !== undefined
  let own: Node | undefined
  try {
    const started = wasThere ? 'passed' : await startCluster(report, context)
    own = wasThere ? undefined : await findNode()
    if (started !== 'passed') return 1
    await proveChart(report, context)
  } finally {
    if (keep)
      context.print(`it runs on; look with KUBECONFIG=${places.kubeconfig}, end it with ./fairlead cluster down`)
    // Somebody may have ended ours meanwhile, and started another.
    else if (own && (await findNode())?.pid === own.pid) await down({ env: context.env, signal: context.hurry })
  }
  return report.end() ? 0 : 1
}

const startCluster = (report: Report, context: Context) =>
  report.prove('chart-cluster', async () => {
    await up(context).catch(error => {
      throw error instanceof NoCluster ? new NotRun(error.message, { cause: error }) : error
    })
    return 'a real kubelet, real pods'
  })

async function proveChart(report: Report, context: Context): Promise<void> {
  await using folder = await temporaryFolder('chart-proof-')
  let setting: Setting | undefined
  const ready = await report.prove('chart-images', async () => {
    const [made, said] = await prepare(folder.path, context)
    setting = made
    return said
  })
  for (const proof of ready === 'passed' ? proofs : []) {
    context.signal.throwIfAborted()
    const prepared = setting
    if (prepared && (await report.prove(proof.name, () => proof.run(prepared))) !== 'passed') break
  }
}

async function prepare(folder: string, context: Context): Promise<[Setting, string]> {
  const engine = await openEngine(context, { images: ['NODE_IMAGE', 'RUNTIME_IMAGE', 'POSTGRES_IMAGE'] }).catch(
    error => {
      throw error instanceof NoEngine ? new NotRun(error.message, { cause: error }) : error
    },
  )
  try {
    const node = await findNode()
    if (!node) throw new Error('the cluster has ended')
    const { postgres, ...images } = await prepareImages(engine, node, `${folder}/images`, context)
    const { kubectl: path } = await preparePrograms(context)
    const kubectl = createKubectl(path, places.kubeconfig, context)
    await applySurroundings(kubectl, postgres)
    const helm = createHelm((await prepareHelm(context)).path, folder, context)
    return [
      { kubectl, helm, images, folder, context },
      `built from the Dockerfile, and loaded; Postgres is ${postgres}`,
    ]
  } finally {
    await removeImages(engine)
    await engine.close()
  }
}
