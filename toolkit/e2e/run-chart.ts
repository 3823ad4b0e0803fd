import { openEngine } from '../engine/engine.ts'
import type { Context } from '../step.ts'
import { dryRun } from './chart/dry-run.ts'
import { prepareImages, removeImages } from './chart/images.ts'
import { helmTest, install } from './chart/install.ts'
import { limits } from './chart/limits.ts'
import { eviction, killed, termination } from './chart/pods.ts'
import { database, namespace, namespaces, type Setting } from './chart/setting.ts'
import { uninstall } from './chart/uninstall.ts'
import { failingMigration, rollback, upgrade } from './chart/upgrade.ts'
import { createHelm } from './kubernetes/helm.ts'
import { claimNamespaces } from './kubernetes/namespaces.ts'
import { startPostgres } from './kubernetes/postgres.ts'
import { onCluster, type Stage } from './on-cluster.ts'
import { playProofs } from './play.ts'

/** Each builds on the one before. */
const proofs = [
  ...[dryRun, install, helmTest, limits, upgrade, failingMigration, rollback],
  ...[eviction, termination, killed, uninstall],
]

const REQUESTS = 5000

type Options = {
  keep: boolean
  /** At least so many are answered during the upgrade, and during each of the others. */
  requests?: number
}

/** Proves helm/service on a real cluster. Resolves to the exit code. */
export const runChart = ({ keep, requests = REQUESTS }: Options, context: Context): Promise<number> =>
  onCluster({ name: 'chart', keep }, context, stage =>
    playProofs(stage, { name: 'chart-images', prepare: () => prepare(stage, requests) }, proofs),
  )

async function prepare(
  { cluster, folder, context }: Stage,
  requests: number,
): Promise<{ setting: Setting; said: string }> {
  const engine = await openEngine(context, { images: ['NODE_IMAGE', 'RUNTIME_IMAGE', 'POSTGRES_IMAGE'] })
  try {
    const { kubectl, kubeconfig } = cluster
    const { postgres, ...images } = await prepareImages(engine, cluster, `${folder}/images`, context)
    await claimNamespaces(kubectl, 'chart', namespaces, context.signal)
    await startPostgres(kubectl, postgres, database)
    const helm = await createHelm({ kubeconfig, namespace, folder }, context)
    return {
      setting: { kubectl, helm, images, requests, folder, context },
      said: `built from the Dockerfile, and loaded; Postgres is ${postgres}`,
    }
  } finally {
    await removeImages(engine)
    await engine.close()
  }
}
