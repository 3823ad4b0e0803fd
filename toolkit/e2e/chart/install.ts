import { runInPod, startCaller } from '../kubernetes/caller.ts'
import { succeed } from '../kubernetes/helm.ts'
import { isReady, listPods, namesOf } from '../kubernetes/pods.ts'
import { migratedAt } from './release.ts'
import {
  type ChartProof,
  deployArguments,
  gateway,
  releaseName,
  type Setting,
  servicePods,
  serviceUrl,
} from './setting.ts'

export const install: ChartProof = {
  name: 'chart-install',
  async run(setting) {
    const { helm, images, kubectl } = setting
    await succeed(helm, ...(await deployArguments(setting, images.tags.first)))
    const pods = await listPods(kubectl, servicePods)
    if (pods.length !== 2 || !pods.every(isReady)) throw new Error(`expected two ready pods, got ${namesOf(pods)}`)
    await assertMigratedFirst(setting, images.tags.first)
    await startCaller(kubectl, { ...gateway, image: `${images.repository}:${images.tags.first}` })
    const { status } = await runInPod<{ status: number }>(kubectl, gateway, 'ask', serviceUrl)
    if (status !== 200) throw new Error(`the service answers ${status}`)
    return 'in a restricted namespace; the migrations ended before the first pod was made; two pods are ready, and answer'
  },
}

export const helmTest: ChartProof = {
  name: 'chart-test',
  async run({ helm }) {
    const said = await succeed(helm, 'test', releaseName, '--timeout=120s')
    if (!/Phase:\s+Succeeded/.test(said)) throw new Error(`helm test said ${said}`)
    return 'helm test: Succeeded'
  },
}

/** Times of the API server are whole seconds. */
export async function assertMigratedFirst({ kubectl, images }: Setting, tag: string): Promise<void> {
  const made = (await listPods(kubectl, servicePods)).filter(each =>
    each.spec.containers.some(container => container.image === `${images.repository}:${tag}`),
  )
  const first = Math.min(...made.map(each => Date.parse(each.metadata.creationTimestamp)))
  const migrated = await migratedAt(kubectl)
  if (!(migrated <= first))
    throw new Error(
      `the migrations ended at ${new Date(migrated).toISOString()}, and of ${made.length} pods the first was made at ${first}`,
    )
}
