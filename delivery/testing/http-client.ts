import type { TestContext } from 'node:test'
import { createHttpClient, type HttpOptions } from '../sinks/http-client.ts'
import type { Resolve } from '../sinks/lookup.ts'

const defaults: HttpOptions = {
  ...{ url: '', concurrency: 8, connectTimeoutMs: 5000, timeoutMs: 20_000, allowAddresses: ['127.0.0.0/8'] },
  ...{ trusted: false, insecureSkipVerify: false },
}

/** A client that may dial this machine, and sends the same small request each time; closed when its test ends. */
export function clientOf(t: TestContext, options: Partial<HttpOptions>, resolve?: Resolve) {
  const client = createHttpClient({ ...defaults, ...options }, resolve)
  t.after(() => client.close())
  return {
    send: (signal = new AbortController().signal) =>
      client.send({ method: 'POST', headers: { 'x-a': 'b' }, body: Buffer.from('{"a":1}'), signal }),
  }
}
