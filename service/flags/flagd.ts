import type { Logger } from 'pino'
import type { Details, FlagValue } from './answer.ts'
import type { FlagContext } from './known.ts'
import { type Line, openLine } from './line.ts'
import { quietLog } from './quiet-log.ts'
import type { FlagdSettings } from './settings.ts'

/** Longer than the provider lets a stream live (10 minutes), so a working stream ends and reports before this. */
const SILENCE_MS = 15 * 60_000

type Flagd = {
  evaluate(flag: string, otherwise: FlagValue, context: FlagContext): Promise<Details>
  close(): Promise<void>
}

/**
 * flagd as the flags see it. Asking goes to the line that was ready last. The provider takes a stream that ended without
 * an error for a live one and never hears of a change again (0.16.1); so after a silence a second line is opened, and
 * takes over when it is ready.
 */
export function openFlagd(
  settings: FlagdSettings,
  { log, onChange, silenceMs = SILENCE_MS }: { log: Logger; onChange: () => void; silenceMs?: number },
): Flagd {
  const quiet = quietLog(log)
  const lines = new Set<Line>()
  let current: Line | undefined
  let isAway = false
  let silence: NodeJS.Timeout | undefined

  function dial() {
    const line = openLine(settings, quiet, event => heard(line, event), broken)
    lines.add(line)
  }

  function heard(line: Line, event: string) {
    if (!lines.has(line)) return
    if (event === 'PROVIDER_READY') takeOver(line)
    reportReach(event)
    watch()
    // Stale or in error it can say nothing new, and a line that was never ready nothing at all.
    if (line === current && (event === 'PROVIDER_READY' || event === 'PROVIDER_CONFIGURATION_CHANGED')) onChange()
  }

  function takeOver(line: Line) {
    current = line
    for (const other of lines) {
      if (other === line) continue
      lines.delete(other)
      void other.close()
    }
  }

  function reportReach(event: string) {
    if (event === 'PROVIDER_ERROR' && !isAway)
      log.warn({ flagd: where(settings) }, 'flagd does not answer; flags stay as they are')
    if (event === 'PROVIDER_READY' && isAway) log.info({ flagd: where(settings) }, 'flagd answers again')
    if (event === 'PROVIDER_ERROR') isAway = true
    if (event === 'PROVIDER_READY') isAway = false
  }

  function watch() {
    clearTimeout(silence)
    if (settings.offlineFlagSourcePath !== undefined) return // a file may be silent for ever
    silence = setTimeout(() => {
      // Not ready: the provider knows that it is disconnected, and tries. Two lines: the second one tries.
      if (lines.size === 1 && current?.client()?.providerStatus === 'READY') dial()
      else watch()
    }, silenceMs).unref()
  }

  const broken = (error: unknown) => log.error({ err: error, flagd: where(settings) }, 'flags of flagd cannot be used')

  dial()
  return {
    async evaluate(flag, otherwise, context) {
      const client = current?.client()
      if (!client) return { value: undefined, errorCode: 'PROVIDER_NOT_READY' }
      if (typeof otherwise === 'number') return client.getNumberDetails(flag, otherwise, context)
      return client.getBooleanDetails(flag, otherwise, context)
    },
    async close() {
      clearTimeout(silence)
      const open = [...lines]
      lines.clear()
      await Promise.all(open.map(line => line.close()))
    },
  }
}

const where = ({ offlineFlagSourcePath, host, port }: FlagdSettings) => offlineFlagSourcePath ?? `${host}:${port}`
