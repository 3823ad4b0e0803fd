import { readFile } from 'node:fs/promises'

const PATH = '/healthz'

/**
 * Where the running process answers its liveness probe, by `probes` of the file DELIVERY_CONFIG. Judges nothing else there:
 * the process goes on with what it had when somebody spoils the file, and must not count as ill for that.
 */
export async function livenessOf(env: NodeJS.ProcessEnv): Promise<{ path: string; port?: number }> {
  const file = env.DELIVERY_CONFIG?.trim()
  if (!file) return { path: PATH }
  const { parseDocument } = await import('yaml')
  const document = parseDocument(await readFile(file, 'utf8').catch(() => ''))
  const live = document.getIn(['probes', 'live'])
  const port = document.getIn(['probes', 'port'])
  return { path: typeof live === 'string' ? live : PATH, ...(typeof port === 'number' && port > 0 && { port }) }
}
