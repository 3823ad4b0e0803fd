import { setTimeout as delay } from 'node:timers/promises'
import { assertUnharmed } from '../kubernetes/unharmed.ts'
import { underLoad } from './load.ts'
import { type ChartProof, servicePods } from './setting.ts'

/** The kubelet looks at the memory of a container every 10 to 20 seconds. */
const FULL_MS = 15_000

/** With as many clients as the benchmark, each as fast as it can, and what the chart gives a pod by default. */
export const limits: ChartProof = {
  name: 'chart-limits',
  async run(setting) {
    const { kubectl, context } = setting
    await assertUnharmed(kubectl, servicePods, new Date(0), context.signal) // what logs say before the load makes them long
    let seen = ''
    const answers = await underLoad(setting, async () => {
      await delay(FULL_MS, undefined, { signal: context.signal })
      seen = await assertUnharmed(kubectl, servicePods, new Date(), context.signal)
    })
    return `${seen}; ${answers} requests of 50 keep-alive clients`
  },
}
