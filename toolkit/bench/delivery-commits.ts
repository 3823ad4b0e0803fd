import type { DeliveryBench } from './delivery-bench.ts'
import { measurePosts } from './delivery-intake.ts'
import type { Server } from './process.ts'
import { interleave, median } from './rounds.ts'
import { formatTable, judge } from './table.ts'

const SLOW_MS = 5

/** Many arrivals share one commit: on a slow disk the commits must grow, and not the queue. */
export async function benchCommits(bench: DeliveryBench): Promise<void> {
  const { plan, print } = bench
  const roles = ['receiver'] as const
  const variants = [
    { name: 'as it is', roles },
    { name: `${SLOW_MS} ms longer`, roles, env: { FAIRLEAD_SLOW_COMMIT_MS: String(SLOW_MS) } },
  ]
  const samples = await interleave(variants, plan.rounds, variant =>
    measurePosts(bench, variant, plan.load, messagesPerCommit),
  )
  print(`\nMessages in one commit, over ${plan.load.connections} connections:`)
  const rows = variants.map(({ name, env }) => {
    const all = samples.get(name) ?? []
    const together = median(all.map(({ found = Number.NaN }) => found))
    const aim = env && judge({ what: 'messages', atLeast: 20 }, together)
    return [name, together.toFixed(1), median(all.map(each => each.requestsPerSecond)).toFixed(0), aim ?? '']
  })
  for (const line of formatTable(['a commit takes', 'messages', 'events/s', 'aim'], rows)) print(line)
}

async function messagesPerCommit({ url }: Server): Promise<number> {
  const response = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(10_000) })
  return meanOf(await response.text(), 'fairlead_outbox_commit_messages')
}

/** Of a histogram in the text format of Prometheus. */
export function meanOf(exposition: string, name: string): number {
  const value = (suffix: string) => {
    const found = new RegExp(`^${name}_${suffix} (\\S+)$`, 'm').exec(exposition)?.[1]
    if (found === undefined) throw new Error(`/metrics has no ${name}_${suffix}`)
    return Number(found)
  }
  return value('sum') / value('count')
}
