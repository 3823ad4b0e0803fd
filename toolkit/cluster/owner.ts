import { setTimeout as delay } from 'node:timers/promises'
import { takeLock } from '../local/lock.ts'
import type { Context } from '../step.ts'

type Owner = { pid: number; command: string }

const ASK_EVERY_MS = 500
const lockName = 'fairlead-cluster'

const describe = ({ pid, command }: Owner) => `process ${pid} uses the cluster (${command})`

/** For what takes long: waits while somebody else has the cluster, and says who that is. It ends with its process. */
export async function waitForCluster(
  command: string,
  { print, signal }: Pick<Context, 'print' | 'signal'>,
  name = lockName,
): Promise<Disposable> {
  let told: number | undefined
  for (;;) {
    const { holder, release } = await takeLock<Owner>(name, { pid: process.pid, command })
    if (release) return { [Symbol.dispose]: release }
    if (holder.pid !== told) print(`${describe(holder)}; waiting for its end`)
    told = holder.pid
    await delay(ASK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted()) // with the reason of the stop
  }
}

/** For what would end the work of somebody else: refuses while they have the cluster. */
export async function claimCluster(command: string, name = lockName): Promise<Disposable> {
  const { holder, release } = await takeLock<Owner>(name, { pid: process.pid, command })
  if (holder) throw new Error(`${describe(holder)}; wait for its end, or stop it: kill ${holder.pid}`)
  return { [Symbol.dispose]: release }
}
