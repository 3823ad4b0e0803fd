import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startCollector } from './testing/collector.ts'
import { keep } from './testing/process.ts'

/** Serves a request before and one after the start of tracing, in a process with this environment; prints one line. */
const program = `
  import { registerHooks } from 'node:module'
  const imported = new Set()
  registerHooks({ resolve(specifier, context, next) {
    if (/^@opentelemetry\\/(?!api$)/.test(specifier)) imported.add(specifier)
    return next(specifier, context)
  } })
  const { createLog } = await import('./lib/log.ts')
  const { loadConfig } = await import('./service/config.ts')
  const { createTracing, inServerSpan } = await import('./service/tracing.ts')
  await import('./service/outgoing.ts')
  const { log } = createLog({ name: 'test', level: 'info' })
  const tracing = createTracing({ config: loadConfig(process.env), log })
  const serve = () => inServerSpan({ method: 'GET', route: '/', target: '/', headers: {} }, async () => 200)
  await serve()
  const before = [...imported]
  tracing.start()
  await tracing.ready()
  await serve()
  await tracing.shutdown(20_000)
  log.info({ before, after: imported.has('@opentelemetry/sdk-node') }, 'done')`

async function run(env: Record<string, string>) {
  const options = { cwd: new URL('..', import.meta.url), env: { PATH: process.env.PATH, ...env } }
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program],
    options,
  )
  keep(stdout + stderr)
  const lines = stdout.trimEnd().split('\n')
  return { lines: lines.map(line => JSON.parse(line) as Record<string, unknown>), stderr }
}

test('the SDK is imported at the start of tracing and not before', async t => {
  const collector = await startCollector(t)
  const { lines } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  assert.deepEqual(
    lines.map(({ before, after }) => ({ before, after })),
    [{ before: [], after: true }],
  )
  assert.equal(collector.spans.length, 1)
})

test('the standard variables for headers and resource attributes count; ours win over the latter', async t => {
  const collector = await startCollector(t)
  await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue',
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.pod.name=shop-7d9,service.name=other,deployment.environment.name=other',
    OTEL_SERVICE_NAME: 'shop',
  })
  assert.equal(collector.requests[0]?.headers['x-tenant'], 'blue')
  const {
    'k8s.pod.name': pod,
    'service.name': service,
    'deployment.environment.name': environment,
  } = collector.spans[0]?.resource ?? {}
  assert.deepEqual([pod, service, environment], ['shop-7d9', 'shop', 'local'])
})

// The SDK would warn of each of these if it looked.
test('exporters, metrics and logs that the environment names are not looked at', async t => {
  const collector = await startCollector(t)
  const other = { OTEL_TRACES_EXPORTER: 'other', OTEL_METRICS_EXPORTER: 'other', OTEL_LOGS_EXPORTER: 'other' }
  const env = { ...other, OTEL_BSP_MAX_QUEUE_SIZE: '-1', OTEL_LOG_LEVEL: 'warn' }
  const { lines, stderr } = await run({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  assert.deepEqual([lines.map(({ msg }) => msg), stderr], [['done'], ''])
  assert.equal(collector.spans.length, 1)
})

// At this level the SDK tells of every export that failed.
test('OTEL_LOG_LEVEL does not put the words of the SDK between the lines of the log', async t => {
  const collector = await startCollector(t)
  collector.mode = 'error'
  const { lines, stderr } = await run({ OTEL_LOG_LEVEL: 'info', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  assert.deepEqual([lines.map(({ msg }) => msg), stderr], [['the last spans were not sent', 'done'], ''])
})

test('OTEL_SDK_DISABLED records nothing and fails nothing', async t => {
  const collector = await startCollector(t)
  const { lines } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' })
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['done'],
  )
  assert.deepEqual(collector.requests, [])
})
