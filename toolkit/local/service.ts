import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Running, start } from '../exec.ts'
import type { Context } from '../step.ts'

/** Starts service/main.ts; with `watch`, Node starts it again whenever one of its files changes. */
export function startService(
  { root }: Context,
  env: NodeJS.ProcessEnv,
  { watch }: { watch: boolean },
): Promise<Running> {
  const main = join(root, 'service/main.ts')
  // With a channel the service stops by itself when we are gone. Under --watch the watcher has the channel to the
  // service, and would live on itself: that one needs the signal.
  if (!watch) return start(process.execPath, [main], { cwd: root, env, output: 'inherit', ipc: true })
  const options = ['--watch', '--watch-preserve-output']
  return start(process.execPath, [...options, main], { cwd: root, env, output: 'inherit', endWithUs: 'SIGTERM' })
}

/** Resolves to the exit code: of the service when it ends by itself, or 0 when it ended well because it was told to. */
export async function untilEnd(
  service: Running,
  { signal, hurry }: Pick<Context, 'signal' | 'hurry'>,
): Promise<number> {
  // One SIGTERM, however many signals reach us: at its second one the service ends without draining.
  const stop = () => service.kill('SIGTERM')
  const end = () => service.killGroup('SIGKILL')
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  hurry.addEventListener('abort', end, { once: true })
  const { code } = await service.exited
  end() // what a watcher may have left
  // Told to stop before it was ready to listen to signals, it ends by the signal.
  return signal.aborted && code === 143 ? 0 : code
}

/** Resolves to true when the address answers, to false when `until` is aborted before. */
export async function answers(url: string, until: AbortSignal): Promise<boolean> {
  while (!until.aborted) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([until, AbortSignal.timeout(5000)]) })
      await response.body?.cancel()
      return true
    } catch {
      await delay(50, undefined, { signal: until }).catch(() => {}) // not yet, or aborted: the condition above knows
    }
  }
  return false
}
