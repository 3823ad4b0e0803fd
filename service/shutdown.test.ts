import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startCollector } from './testing/collector.ts'
import { startProcess } from './testing/process.ts'
import { startService } from './testing/service.ts'

/** One GET over a keep-alive agent: status and whether the answer asks to close the connection. */
function get(url: string, agent: Agent): Promise<{ status: number; closes: boolean }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, answer => {
      answer.resume()
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, closes: answer.headers.connection === 'close' }),
      )
    })
    sent.once('error', reject)
    sent.end()
  })
}

test('200 keep-alive clients in flight: every request is answered, and none is refused before it was told to go', async t => {
  const service = await startService(t, { SHUTDOWN_GRACE_MS: '500', SHUTDOWN_TIMEOUT_MS: '60000' })
  const hold = Promise.withResolvers<void>()
  let inside = 0
  const allInside = Promise.withResolvers<void>()
  service.app.get('/held', async c => {
    inside += 1
    if (inside === 200) allInside.resolve()
    await hold.promise
    return c.text('done')
  })
  const agents = Array.from({ length: 200 }, () => new Agent({ keepAlive: true, maxSockets: 1 }))
  t.after(() => {
    for (const agent of agents) agent.destroy()
  })
  assert.deepEqual(
    new Set(await Promise.all(agents.map(async agent => (await get(service.url, agent)).status))),
    new Set([200]),
  )

  const held = agents.map(agent => get(`${service.url}/held`, agent))
  await allInside.promise
  const stopped = service.stop()
  // Grace: the pod is out of readiness, and still answers whoever has not noticed, asking for the connection back.
  const late = new Agent({ keepAlive: true })
  const readiness = await get(`${service.url}/readyz`, late)
  assert.deepEqual(readiness, { status: 503, closes: true })
  assert.deepEqual(await get(service.url, late), { status: 200, closes: true })
  hold.resolve()
  assert.deepEqual(new Set((await Promise.all(held)).map(answer => answer.status)), new Set([200]))
  await stopped
  await assert.rejects(fetch(service.url))
})

test('SIGTERM under load of 200 keep-alive clients: not one failed request, not one lost span', async t => {
  const collector = await startCollector(t)
  const service = await startProcess(t, {
    SHUTDOWN_GRACE_MS: '1000',
    SHUTDOWN_TIMEOUT_MS: '60000',
    ENABLE_TRACING: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ACCESS_LOG_SAMPLE: '0',
  })
  await service.line(line => line.msg === 'tracing runs') // until then requests are served untraced
  let answered = 0
  const busy = Promise.withResolvers<void>()
  /** Asks until an answer asks for the connection back, as a load balancer's pool does. */
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let closes = false; !closes; ) {
      const answer = await get(service.url, agent)
      assert.equal(answer.status, 200)
      closes = answer.closes
      answered += 1
      if (answered === 2000) busy.resolve()
    }
    agent.destroy()
  }
  const clients = Promise.all(Array.from({ length: 200 }, client))
  await Promise.race([busy.promise, clients])
  service.child.kill('SIGTERM')
  await clients
  assert.deepEqual(await service.exited, { code: 0, signal: null })
  assert.ok(answered > 2000)
  assert.equal(collector.spans.length, answered)
})

test('idle keep-alive connections do not hold up the end', async t => {
  const service = await startService(t, { SHUTDOWN_GRACE_MS: '0', SHUTDOWN_TIMEOUT_MS: '600000' })
  const idle = connect(service.port, '127.0.0.1')
  await once(idle, 'connect')
  idle.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(idle, 'data')
  await service.stop()
})

test('a request that outlasts SHUTDOWN_TIMEOUT_MS is cut and told', async t => {
  const service = await startService(t, { SHUTDOWN_GRACE_MS: '0', SHUTDOWN_TIMEOUT_MS: '300' })
  const entered = Promise.withResolvers<void>()
  service.app.get('/stuck', () => {
    entered.resolve()
    return new Promise<Response>(() => {})
  })
  const answer = assert.rejects(fetch(`${service.url}/stuck`))
  await entered.promise
  await service.stop()
  await answer
  assert.equal(service.lines.find(line => line.connections === 1)?.level, 'warn')
})

test('SIGTERM ends the process with 0, after the grace', async t => {
  const service = await startProcess(t, { SHUTDOWN_GRACE_MS: '200' })
  service.child.kill('SIGTERM')
  await service.line(line => line.msg === 'draining' && line.signal === 'SIGTERM')
  assert.equal((await fetch(`${service.url}/readyz`)).status, 503)
  assert.deepEqual(await service.exited, { code: 0, signal: null })
  assert.equal(service.lines.at(-1)?.msg, 'stopped')
})

test('a second signal ends the process at once', async t => {
  const service = await startProcess(t, { SHUTDOWN_GRACE_MS: '599000', SHUTDOWN_TIMEOUT_MS: '600000' })
  service.child.kill('SIGTERM')
  await service.line(line => line.msg === 'draining')
  service.child.kill('SIGTERM')
  assert.deepEqual(await service.exited, { code: 143, signal: null })
})

test('a rejection that nobody handles is logged and ends the process with 1', async t => {
  const rejects = 'process.on("SIGUSR2", () => { Promise.reject(new Error("nobody handles this")) })'
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const service = await startProcess(t, {}, ['--import', `data:text/javascript,${rejects}`, main])
  service.child.kill('SIGUSR2')
  assert.deepEqual(await service.exited, { code: 1, signal: null })
  const line = service.lines.at(-1)
  assert.equal(line?.level, 'fatal')
  assert.match(JSON.stringify(line?.err), /nobody handles this/)
})
