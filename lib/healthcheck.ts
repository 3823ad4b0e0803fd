import { get } from 'node:http'

export type Probe = { host?: string | undefined; port: number; path: string }

/** Where a server that listens on `HOST` (or everywhere) and `PORT` is reached from its own machine. */
export function addressOf({ HOST, PORT }: NodeJS.ProcessEnv): Pick<Probe, 'host' | 'port'> {
  const host = HOST?.trim()
  const isEverywhere = !host || host === '0.0.0.0' || host === '::'
  return { host: isEverywhere ? '127.0.0.1' : host, port: Number(PORT?.trim() || 8080) }
}

/** Undefined when the probe is answered with 2xx in time, else the reason in one sentence. For a container's HEALTHCHECK. */
export function askHealth({ host = '127.0.0.1', port, path }: Probe, timeoutMs: number): Promise<string | undefined> {
  const where = `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
  return new Promise(resolve => {
    // Not fetch, whose import would be most of what this short program does.
    const request = get({ host, port, path, agent: false, signal: AbortSignal.timeout(timeoutMs) }, response => {
      response.resume()
      const { statusCode = 0 } = response
      resolve(statusCode >= 200 && statusCode < 300 ? undefined : `${where} answered ${statusCode}`)
    })
    request.on('error', error => {
      const reason = error.name === 'AbortError' ? `no answer in ${timeoutMs} ms` : error.message
      resolve(`${where}: ${reason}`)
    })
  })
}
