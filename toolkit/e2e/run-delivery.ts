import { openEngine } from '../engine/engine.ts'
import { buildImages } from '../image/build.ts'
import type { Context } from '../step.ts'
import { postgresImage } from './chart/images.ts'
import { partialCrash, replicas } from './delivery/postgres.ts'
import { database, flux, imageOf, killer, namespace, namespaces, type Setting } from './delivery/setting.ts'
import { createSinkService } from './delivery/sink.ts'
import { event, install, limits, survival } from './delivery/sqlite.ts'
import { removal, uninstall } from './delivery/uninstall.ts'
import { startCaller } from './kubernetes/caller.ts'
import { createHelm } from './kubernetes/helm.ts'
import { claimNamespaces } from './kubernetes/namespaces.ts'
import { startPostgres } from './kubernetes/postgres.ts'
import { onCluster, type Stage } from './on-cluster.ts'
import { playProofs } from './play.ts'

/** Each builds on the one before. */
const proofs = [install, event, survival, limits, uninstall, replicas, partialCrash, removal]

const image = { repository: 'localhost/fairlead-delivery-proof', tag: 'first' }

/** Proves helm/delivery on a real cluster, in both its shapes. Resolves to the exit code. */
export const runDelivery = ({ keep }: { keep: boolean }, context: Context): Promise<number> =>
  onCluster({ name: 'delivery', keep }, context, stage =>
    playProofs(stage, { name: 'delivery-images', prepare: () => prepare(stage) }, proofs),
  )

async function prepare({ cluster, folder, context }: Stage): Promise<{ setting: Setting; said: string }> {
  const { kubectl, kubeconfig } = cluster
  const helm = await createHelm({ kubeconfig, namespace, folder }, context)
  const setting: Setting = { kubectl, helm, image, folder, context }
  const postgres = await loadImages(setting, cluster)
  await claimNamespaces(kubectl, 'delivery', namespaces, context.signal)
  await startPostgres(kubectl, postgres, database)
  await startCaller(kubectl, { ...flux, image: imageOf(setting), labels: { app: flux.name } })
  await startCaller(kubectl, { ...killer, image: imageOf(setting), isPrivileged: true })
  await createSinkService(setting)
  return { setting, said: 'built from the Dockerfile, and loaded; Flux, the destination and Postgres are there' }
}

/** Resolves to the name of Postgres' image. */
async function loadImages(setting: Setting, cluster: Stage['cluster']): Promise<string> {
  const { context } = setting
  const name = imageOf(setting)
  const engine = await openEngine(context, { images: ['NODE_IMAGE', 'RUNTIME_IMAGE', 'POSTGRES_IMAGE'] })
  try {
    await buildImages(engine, ['delivery'], context, { names: { DELIVERY_IMAGE: name } })
    const postgres = await postgresImage(engine, context)
    await cluster.load([name, postgres], engine.env)
    return postgres
  } finally {
    await engine.docker(['image', 'rm', '--force', name])
    await engine.close()
  }
}
