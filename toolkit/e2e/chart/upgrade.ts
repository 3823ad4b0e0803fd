import { until } from '../until.ts'
import { assertMigratedFirst } from './install.ts'
import { startLoad, type Tally } from './load.ts'
import { isReady, listPods, namesOf, urlOf } from './release.ts'
import {
  type ChartProof,
  deployArguments,
  inNamespace,
  releaseName,
  type Setting,
  servicePods,
  succeed,
} from './setting.ts'

const REQUESTS = 5000

/** Does something under load: not one request may fail, and there have to be enough of them. */
async function underLoad(setting: Setting, work: () => Promise<unknown>): Promise<Tally> {
  const { kubectl, context } = setting
  const load = startLoad(await urlOf(kubectl))
  try {
    await work()
    // Old pods answer until they are gone, and that is when requests get lost.
    const settled = async () => ({ all: await listAll(setting), answers: load.tally.answers })
    await until('the end of the old pods', settled, ({ all, answers }) => all === 2 && answers >= REQUESTS, context)
  } finally {
    await load.stop()
  }
  const { answers, failures } = load.tally
  if (failures.length > 0)
    throw new Error(
      `${failures.length} of ${answers + failures.length} requests failed: ${[...new Set(failures)].slice(0, 5).join('; ')}`,
    )
  return load.tally
}

async function listAll({ kubectl }: Setting): Promise<number> {
  const said = await kubectl('get', 'pods', inNamespace, `--selector=${servicePods}`, '--output=name')
  return said.split('\n').filter(line => line !== '').length
}

export const upgrade: ChartProof = {
  name: 'chart-upgrade',
  async run(setting) {
    const { images, helm, kubectl } = setting
    const before = namesOf(await listPods(kubectl))
    const { answers } = await underLoad(setting, async () =>
      succeed(helm, ...(await deployArguments(setting, images.tags.expanded))),
    )
    await assertMigratedFirst(setting, images.tags.expanded)
    const kept = namesOf(await listPods(kubectl)).filter(each => before.includes(each))
    if (kept.length > 0) throw new Error(`pods that were not replaced: ${kept.join(', ')}`)
    return `with a new migration, under 50 keep-alive clients: ${answers} requests, none failed`
  },
}

export const failingMigration: ChartProof = {
  name: 'chart-failing',
  async run(setting) {
    const { images, helm, kubectl } = setting
    const before = namesOf(await listPods(kubectl))
    const { answers } = await underLoad(setting, async () => {
      const { code, stderr } = await helm(...(await deployArguments(setting, images.tags.broken)))
      if (code === 0) throw new Error('helm reports success, though a migration fails')
      if (!/pre-upgrade/.test(stderr)) throw new Error(`expected helm to blame its pre-upgrade hook, got ${stderr}`)
    })
    const after = await listPods(kubectl)
    if (namesOf(after).join() !== before.join() || !after.every(isReady))
      throw new Error(`expected the pods ${before} to go on, got ${namesOf(after)}`)
    return `stops the release; the old pods went on: ${answers} requests, none failed`
  },
}

export const rollback: ChartProof = {
  name: 'chart-rollback',
  async run(setting) {
    const { helm, images, kubectl } = setting
    const { answers } = await underLoad(setting, () =>
      succeed(helm, 'rollback', releaseName, '1', '--wait', '--timeout=240s'),
    )
    const pods = await listPods(kubectl)
    const old = pods.filter(each => each.spec.containers[0]?.image === `${images.repository}:${images.tags.first}`)
    if (old.length !== 2 || !old.every(isReady))
      throw new Error(`expected two ready pods of the first image, got ${namesOf(old)}`)
    return `to the first image, on the newer schema: ${answers} requests, none failed`
  },
}
