import { setFlag } from '../flags.ts'
import type { Proof } from '../proof.ts'
import { until } from '../until.ts'

/** An edit of the flag file reaches the running service through flagd, there and back. */
export const flags: Proof = {
  name: 'flags',
  async run(stack, signal) {
    const answers = async (status: number) => {
      const since = performance.now()
      await until(
        `/metrics answers ${status}`,
        async () => (await fetch(`${stack.url('service')}/metrics`, { signal: AbortSignal.timeout(20_000) })).status,
        seen => seen === status,
        { signal },
      )
      return ((performance.now() - since) / 1000).toFixed(1)
    }
    await answers(200)
    await setFlag(stack, 'metrics_enabled', 'off')
    const off = await answers(404)
    await setFlag(stack, 'metrics_enabled', 'on')
    return `metrics_enabled off: 404 after ${off} s; on again: 200 after ${await answers(200)} s`
  },
}
