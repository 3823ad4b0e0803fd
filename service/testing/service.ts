import { Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { listen } from '../../lib/http-server.ts'
import { createLog } from '../../lib/log.ts'
import { loadConfig } from '../config.ts'
import { createService } from '../service.ts'
import { activeTrace } from '../tracing.ts'
import { keep, type Line } from './process.ts'

/** The whole service in this process, on a free port of the loopback, stopped when the test ends. */
export async function startService(t: TestContext, env: Record<string, string> = {}) {
  const lines: Line[] = []
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      keep(chunk.toString())
      lines.push(JSON.parse(chunk.toString()) as Line)
      done()
    },
  })
  const config = loadConfig({ SHUTDOWN_GRACE_MS: '0', SHUTDOWN_TIMEOUT_MS: '5000', ...env })
  const { log } = createLog({ name: 'test', level: config.LOG_LEVEL, destination, traceIds: activeTrace })
  const service = createService(config, log)
  const port = await listen(service.server, 0, '127.0.0.1')
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= service.stop()
    return stopped
  }
  t.after(stop)
  return { ...service, stop, url: `http://127.0.0.1:${port}`, port, lines }
}
