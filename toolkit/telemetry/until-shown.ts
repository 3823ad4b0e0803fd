import { setTimeout as delay } from 'node:timers/promises'

const LOOK_EVERY_MS = 50

/** Resolves when /metrics shows a series that begins like each of these. The signal ends it when that never comes. */
export async function untilShown(url: string, wanted: readonly string[], signal: AbortSignal): Promise<void> {
  let missing = [...wanted]
  try {
    for (;;) {
      const text = await (await fetch(url, { signal })).text()
      missing = missing.filter(start => !text.includes(`\n${start}`))
      if (missing.length === 0) return
      await delay(LOOK_EVERY_MS, undefined, { signal })
    }
  } catch (cause) {
    throw new Error(`${url}: expected ${missing.join(' and ')} among the metrics`, { cause })
  }
}
