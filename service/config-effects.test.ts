import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { rootCertificates } from 'node:tls'
import { testDatabase } from '../lib/test-database.ts'
import { loadConfig, type variables } from './config.ts'
import { connect, DatabaseUnavailable } from './database.ts'
import { showFaults } from './faults/testing/effect.ts'
import { startCollector } from './testing/collector.ts'
import { Flagd } from './testing/flagd.ts'
import { flag, flagFile } from './testing/flags.ts'
import { startProcess } from './testing/process.ts'
import { startService } from './testing/service.ts'

const token = 's3cr3t-admin-token-0002'
const admin = { ADMIN_FLAGS_ENABLED: 'true', ADMIN_FLAGS_TOKEN: token }
const authorization = { authorization: `Bearer ${token}` }
const metricsOf = async (url: string) => (await fetch(`${url}/metrics`)).text()
const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status

/** Traces of one request to a service that exports to a collector of its own. */
async function spansOf(t: TestContext, env: Record<string, string>, requests = 1) {
  const collector = await startCollector(t)
  const service = await startService(t, { ENABLE_TRACING: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env })
  await service.tracing.ready()
  for (let sent = 0; sent < requests; sent++) await fetch(service.url)
  await service.stop()
  return collector.spans
}

/** Waits until a service with these flags answers /metrics as the flag says; flagd here has it off. */
async function untilFlagdSays(t: TestContext, env: Record<string, string>) {
  const { url } = await startService(t, env)
  while ((await statusOf(`${url}/metrics`)) !== 404) await new Promise(resolve => setTimeout(resolve, 20))
}

async function startFlagd(t: TestContext) {
  const flagd = new Flagd()
  flagd.flags = { flags: { metrics_enabled: flag('off') } }
  flagd.answer = () => ({ value: false, variant: 'off', reason: 'STATIC' })
  await flagd.start()
  t.after(() => flagd.stop())
  return flagd
}

/** One test for each variable, which shows that setting it changes what the service does. */
const effects: Record<keyof typeof variables, (t: TestContext) => Promise<void>> = {
  async ENVIRONMENT(t) {
    const post = { method: 'POST', headers: authorization }
    const prod = await startService(t, { ENVIRONMENT: 'prod', ...admin })
    assert.equal(await statusOf(`${prod.url}/admin/flags/reset`, post), 403)
    const nonprod = await startService(t, { ENVIRONMENT: 'nonprod', ...admin })
    assert.equal(await statusOf(`${nonprod.url}/admin/flags/reset`, post), 200)
  },
  async HOST(t) {
    const { lines } = await startProcess(t, { HOST: '127.0.0.2' })
    const port = lines.find(line => line.msg === 'listening')?.port
    assert.equal(await statusOf(`http://127.0.0.2:${port}`), 200)
    await assert.rejects(fetch(`http://127.0.0.1:${port}`))
  },
  async PORT(t) {
    const { port } = await startService(t)
    const second = await startProcess(t, { PORT: String(port), HOST: '127.0.0.3' })
    assert.equal(await statusOf(`http://127.0.0.3:${port}`), 200)
    second.child.kill()
  },
  async REVISION(t) {
    const { url } = await startService(t, { REVISION: 'abc123' })
    assert.match(await metricsOf(url), /^build_info\{.*revision="abc123".*\} 1$/m)
  },
  async LOG_LEVEL(t) {
    const service = await startService(t, { LOG_LEVEL: 'error' })
    await fetch(service.url)
    await service.stop()
    assert.deepEqual(service.lines, [])
  },
  async ACCESS_LOG_SAMPLE(t) {
    const service = await startService(t, { ACCESS_LOG_SAMPLE: '0' })
    await fetch(service.url)
    await service.stop()
    assert.deepEqual(service.lines, [])
  },
  async DATABASE_URL(t) {
    const { url } = await startService(t, { DATABASE_URL: await testDatabase(t) })
    assert.deepEqual(await (await fetch(`${url}/readyz`)).json(), { status: 'ready', database: { status: 'ok' } })
  },
  async DATABASE_CA_FILE(t) {
    const [ca = ''] = rootCertificates
    const file = join(temporaryFolder(t), 'ca.pem')
    writeFileSync(file, ca)
    const { postgres } = loadConfig({ DATABASE_URL: 'postgres://u@db.example/x', DATABASE_CA_FILE: file })
    assert.equal(postgres?.ssl ? postgres.ssl.ca : undefined, ca) // toolkit/local/postgres-tls.test.ts shows both clients use it
  },
  async DATABASE_POOL_SIZE(t) {
    const { url } = await startService(t, { DATABASE_URL: await testDatabase(t), DATABASE_POOL_SIZE: '3' })
    assert.match(await metricsOf(url), /^database_pool_connections 3$/m)
  },
  async DATABASE_TIMEOUT_MS(t) {
    const { postgres, DATABASE_TIMEOUT_MS } = loadConfig({
      DATABASE_URL: await testDatabase(t),
      DATABASE_TIMEOUT_MS: '100',
    })
    assert.ok(postgres)
    const database = connect(postgres, { poolSize: 1, timeoutMs: DATABASE_TIMEOUT_MS, applicationName: 'test' })
    t.after(() => database.end(1000))
    await assert.rejects(
      database.run('SELECT', sql => sql`select pg_sleep(3600)`),
      DatabaseUnavailable,
    )
  },
  async READINESS_DATABASE(t) {
    const env = { DATABASE_URL: 'postgres://u@127.0.0.1:1/none' }
    assert.equal(await statusOf(`${(await startService(t, { ...env, READINESS_DATABASE: 'fail' })).url}/readyz`), 503)
    assert.equal(await statusOf(`${(await startService(t, env)).url}/readyz`), 200)
  },
  async ENABLE_METRICS(t) {
    const { url } = await startService(t, { ENABLE_METRICS: 'false' })
    assert.equal(await statusOf(`${url}/metrics`), 404)
  },
  async ENABLE_TRACING(t) {
    assert.deepEqual(
      (await spansOf(t, {})).map(span => span.name),
      ['GET /'],
    )
  },
  async ADMIN_FLAGS_ENABLED(t) {
    assert.equal(await statusOf(`${(await startService(t)).url}/admin/flags`, { headers: authorization }), 404)
    assert.equal(await statusOf(`${(await startService(t, admin)).url}/admin/flags`, { headers: authorization }), 200)
  },
  async ADMIN_FLAGS_TOKEN(t) {
    const { url } = await startService(t, { ...admin, ADMIN_FLAGS_TOKEN: 's3cr3t-another-token-1' })
    assert.equal(await statusOf(`${url}/admin/flags`, { headers: authorization }), 401)
  },
  FAULTS_ENABLED: showFaults,
  async FLAGD_RESOLVER(t) {
    const flagd = await startFlagd(t)
    const port = String(flagd.port)
    await untilFlagdSays(t, { FLAGD_RESOLVER: 'rpc', FLAGD_PORT: port, FLAGD_SYNC_PORT: '1' })
    assert.ok(flagd.asked.length > 0, 'rpc asks flagd')
    flagd.asked.length = 0
    await untilFlagdSays(t, { FLAGD_RESOLVER: 'in-process', FLAGD_PORT: '1', FLAGD_SYNC_PORT: port })
    assert.equal(flagd.asked.length, 0, 'in-process asks nobody')
  },
  async FLAGD_HOST(t) {
    const { port } = await startFlagd(t)
    await untilFlagdSays(t, { FLAGD_HOST: '127.0.0.1', FLAGD_PORT: String(port) })
  },
  async FLAGD_PORT(t) {
    await untilFlagdSays(t, { FLAGD_PORT: String((await startFlagd(t)).port) })
  },
  async FLAGD_SYNC_PORT(t) {
    const { port } = await startFlagd(t)
    await untilFlagdSays(t, { FLAGD_RESOLVER: 'in-process', FLAGD_SYNC_PORT: String(port) })
  },
  async FLAGD_OFFLINE_FLAG_SOURCE_PATH(t) {
    const file = join(temporaryFolder(t), 'flags.json')
    writeFileSync(file, flagFile({ metrics_enabled: flag('off') }))
    await untilFlagdSays(t, { FLAGD_OFFLINE_FLAG_SOURCE_PATH: file })
  },
  async OTEL_SERVICE_NAME(t) {
    const [span] = await spansOf(t, { OTEL_SERVICE_NAME: 'another-name' })
    assert.equal(span?.resource['service.name'], 'another-name')
  },
  async OTEL_EXPORTER_OTLP_ENDPOINT(t) {
    const other = await startCollector(t)
    assert.deepEqual(await spansOf(t, { OTEL_EXPORTER_OTLP_ENDPOINT: other.url }), [])
    assert.equal(other.spans.length, 1)
  },
  async OTEL_TRACES_SAMPLER(t) {
    assert.deepEqual(await spansOf(t, { OTEL_TRACES_SAMPLER: 'always_off' }), [])
  },
  async OTEL_TRACES_SAMPLER_ARG(t) {
    const spans = await spansOf(t, { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' }, 200)
    assert.ok(spans.length > 0 && spans.length < 200, `${spans.length} of 200 were recorded`)
  },
  async BODY_LIMIT_BYTES(t) {
    const { url, app } = await startService(t, { BODY_LIMIT_BYTES: '10' })
    app.post('/echo', async c => c.text(await c.req.text()))
    assert.equal(await statusOf(`${url}/echo`, { method: 'POST', body: 'x'.repeat(10) }), 200)
    assert.equal(await statusOf(`${url}/echo`, { method: 'POST', body: 'x'.repeat(11) }), 413)
  },
  async REQUEST_TIMEOUT_MS(t) {
    const { server } = await startService(t, { REQUEST_TIMEOUT_MS: '1234' }) // server.test.ts shows it end a slow request
    assert.deepEqual([server.requestTimeout, server.headersTimeout], [1234, 1234])
  },
  async SHUTDOWN_GRACE_MS(t) {
    const service = await startService(t, { SHUTDOWN_GRACE_MS: '500' })
    const stopped = service.stop()
    assert.equal(await statusOf(`${service.url}/readyz`), 503)
    await stopped
    await assert.rejects(fetch(service.url))
  },
  async SHUTDOWN_TIMEOUT_MS(t) {
    const service = await startService(t, { SHUTDOWN_TIMEOUT_MS: '200' })
    const entered = Promise.withResolvers<void>()
    service.app.get('/stuck', () => {
      entered.resolve()
      return new Promise<Response>(() => {})
    })
    const cut = assert.rejects(fetch(`${service.url}/stuck`))
    await entered.promise
    await service.stop()
    await cut
  },
}

for (const [name, shows] of Object.entries(effects)) test(`${name} has its effect`, { timeout: 120_000 }, shows)

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}
