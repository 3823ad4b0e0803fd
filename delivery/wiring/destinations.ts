import type { ReadSecret } from '../config/secrets.ts'
import type { Complete } from '../config.ts'
import type { Destination } from '../dispatcher/destination.ts'
import { createProfile } from '../dispatcher/profile.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { createSink, type WiringTools } from './sinks.ts'

type Config = Complete['destinations'][string]

/** What the dispatcher needs of each destination. */
export const createDestinations = (settings: Complete, readSecret: ReadSecret, tools: WiringTools): Destination[] =>
  Object.entries(settings.destinations).map(([name, config]) => {
    const { concurrency = settings.dispatcher.concurrency } = config.type === 'console' ? {} : config
    return {
      ...{ name, type: config.type, concurrency, ordered: config.ordered },
      sink: createSink(name, { ...config, concurrency }, readSecret, tools),
      ...(config.type !== 'console' && { profile: profileOf(config.retry) }),
    }
  })

function profileOf(retry: Exclude<Config, { type: 'console' }>['retry']) {
  const { configuration, maxAge, minDelay, maxDelay, overload, retryAfter, ...others } = retry
  return createProfile({
    ...others,
    configurationMs: configuration,
    maxAgeMs: maxAge,
    minDelayMs: minDelay,
    maxDelayMs: maxDelay,
    overloadMs: overload,
    retryAfterMs: retryAfter,
  })
}

const PREFIX = 'cannot be used as configured: '

/**
 * What is for a destination that cannot work waits until it can, and not on the schedule of failed attempts: a secret
 * that is late must cost neither attempts nor hours. A pause of somebody else's stays.
 */
export async function parkBroken(
  outbox: Pick<Outbox, 'pause' | 'paused' | 'resume'>,
  destinations: readonly Destination[],
  now: number,
): Promise<void> {
  const paused = new Map((await outbox.paused()).map(({ destination, reason }) => [destination, reason]))
  for (const { name, sink } of destinations) {
    const reason = paused.get(name)
    if (sink.problem === undefined && reason?.startsWith(PREFIX)) await outbox.resume(name, now)
    if (sink.problem === undefined) continue
    if (reason === undefined || reason.startsWith(PREFIX)) await outbox.pause(name, `${PREFIX}${sink.problem}`, now)
  }
}

/** Whether a pause is ours, and not one that an operator or a 410 made. */
export const isBrokenPause = (reason: string) => reason.startsWith(PREFIX)
