import { succeed } from '../kubernetes/helm.ts'
import { isReady, listPods, namesOf } from '../kubernetes/pods.ts'
import { assertMigratedFirst } from './install.ts'
import { underLoad } from './load.ts'
import { type ChartProof, deployArguments, releaseName, servicePods } from './setting.ts'

export const upgrade: ChartProof = {
  name: 'chart-upgrade',
  async run(setting) {
    const { images, helm, kubectl } = setting
    const before = namesOf(await listPods(kubectl, servicePods))
    const answers = await underLoad(setting, async () =>
      succeed(helm, ...(await deployArguments(setting, images.tags.expanded))),
    )
    await assertMigratedFirst(setting, images.tags.expanded)
    const kept = namesOf(await listPods(kubectl, servicePods)).filter(each => before.includes(each))
    if (kept.length > 0) throw new Error(`pods that were not replaced: ${kept.join(', ')}`)
    return `with a new migration, under 50 keep-alive clients: ${answers} requests, none failed`
  },
}

export const failingMigration: ChartProof = {
  name: 'chart-failing',
  async run(setting) {
    const { images, helm, kubectl } = setting
    const before = namesOf(await listPods(kubectl, servicePods))
    const answers = await underLoad(setting, async () => {
      const { code, stderr } = await helm(...(await deployArguments(setting, images.tags.broken)))
      if (code === 0) throw new Error('helm reports success, though a migration fails')
      if (!/pre-upgrade/.test(stderr)) throw new Error(`expected helm to blame its pre-upgrade hook, got ${stderr}`)
    })
    const after = await listPods(kubectl, servicePods)
    if (namesOf(after).join() !== before.join() || !after.every(isReady))
      throw new Error(`expected the pods ${before} to go on, got ${namesOf(after)}`)
    return `stops the release; the old pods went on: ${answers} requests, none failed`
  },
}

export const rollback: ChartProof = {
  name: 'chart-rollback',
  async run(setting) {
    const { helm, images, kubectl } = setting
    const answers = await underLoad(setting, () =>
      succeed(helm, 'rollback', releaseName, '1', '--wait', '--timeout=240s'),
    )
    const pods = await listPods(kubectl, servicePods)
    const old = pods.filter(each => each.spec.containers[0]?.image === `${images.repository}:${images.tags.first}`)
    if (old.length !== 2 || !old.every(isReady))
      throw new Error(`expected two ready pods of the first image, got ${namesOf(old)}`)
    return `to the first image, on the newer schema: ${answers} requests, none failed`
  },
}
