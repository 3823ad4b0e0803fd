import { EventEmitter, once } from 'node:events'
import { Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { createLog } from '../../lib/log.ts'
import { loadConfig } from '../config.ts'
import { createFlags, type FlagContext } from '../flags.ts'
import { keep, type Line } from './process.ts'

type Evaluation = { flag: string; reason: string; errorCode?: string }

/** A log that keeps its lines; `onLine` is called after each. */
export function keepLog(onLine: () => void = () => {}) {
  const lines: Line[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      keep(chunk.toString())
      lines.push(JSON.parse(chunk.toString()) as Line) // one line a write, of our own log
      onLine()
      done()
    },
  })
  const { log } = createLog({ name: 'test', level: 'info', destination })
  return { log, lines }
}

/** Far beyond the service's own deadline, so that a busy machine does not decide a test. */
const PATIENT_MS = 30_000

/** Flags as the service creates them, closed when the test ends. `until` looks again whenever flagd, the flags or the log say something. */
export function openFlags(t: TestContext, env: Record<string, string>, deadlineMs = PATIENT_MS) {
  const news = new EventEmitter()
  const evaluations: Evaluation[] = []
  const { log, lines } = keepLog(() => news.emit('news'))
  const flags = createFlags({
    config: loadConfig(env),
    log,
    deadlineMs,
    onEvaluation(evaluation) {
      evaluations.push(evaluation)
      setImmediate(() => news.emit('news')) // after what it leads to
    },
  })
  flags.onChange(() => news.emit('news'))
  t.after(() => flags.close())

  const until = (what: string, holds: () => boolean) => waitFor(news, what, holds)
  return { flags, evaluations, lines, until }
}

async function waitFor(news: EventEmitter, what: string, holds: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(30_000)
  while (!holds()) {
    await once(news, 'news', { signal }).catch((cause: unknown) => {
      throw new Error(`never happened: ${what}`, { cause })
    })
  }
}

export const at =
  (route: string, targetingKey = 'somebody') =>
  (): FlagContext => ({ targetingKey, route, environment: 'local' })

/** A flag of flagd's format; `rule` is its targeting. */
export const flag = (defaultVariant: string, rule?: object) => ({
  state: 'ENABLED',
  variants: { on: true, off: false, word: 'yes' },
  defaultVariant,
  ...(rule && { targeting: rule }),
})

export const flagFile = (flags: Record<string, object>) => JSON.stringify({ flags })
