import type { TestContext } from 'node:test'
import { createLog } from '../../lib/log.ts'
import { loadConfig } from '../config.ts'
import { activeTrace, createTracing } from '../tracing.ts'
import { startCollector } from './collector.ts'

type Line = Record<string, unknown> & { msg: string }

/** A log whose lines are kept, with the trace ids of the requests they belong to. */
export function keepLog() {
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  const destination = {
    write(text: string) {
      lines.push(JSON.parse(text) as Line) // createLog writes nothing else
      for (const look of waiting) look()
    },
  }
  /** Resolves to the first line with this message, past ones included. */
  const line = (msg: string) =>
    new Promise<Line>(resolve => {
      const look = () => {
        const found = lines.find(each => each.msg === msg)
        if (found) resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { ...createLog({ name: 'test', level: 'info', destination, traceIds: activeTrace }), lines, line }
}

/** The SDK, started in this process and sending to a collector of the test's own; both are stopped when the test ends. */
export async function startTracing(t: TestContext, env: Record<string, string> = {}) {
  const collector = await startCollector(t)
  const { log, lines, line } = keepLog()
  const config = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env })
  const tracing = createTracing({ config, version: '1.2.3', log })
  t.after(() => tracing.shutdown(0))
  tracing.start()
  await tracing.ready()
  /** Everything that was recorded, once it has arrived. Ends the tracing. */
  const spans = async () => {
    await tracing.shutdown(20_000)
    return collector.spans
  }
  return { tracing, collector, spans, log, lines, line }
}
