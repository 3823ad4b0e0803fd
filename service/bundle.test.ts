import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { testDatabase } from '../lib/test-database.ts'
import { startCollector } from './testing/collector.ts'
import { Flagd } from './testing/flagd.ts'
import { flag } from './testing/flags.ts'
import { runProcess, startProcess } from './testing/process.ts'

/** Outside the checkout, so that nothing of node_modules is in reach. */
const out = mkdtempSync(join(tmpdir(), 'bundle-'))
const [main, migrate] = ['main', 'migrate'].map(program => join(out, `service/${program}.js`)) as [string, string]

before(() => void execFileSync(join(import.meta.dirname, '../fairlead'), ['bundle', '--out', out]))
after(() => rmSync(out, { recursive: true }))

test('the bundle migrates, serves from the database, and switches flagd and tracing on while it runs', async t => {
  const url = await testDatabase({ after: remove => t.after(remove) }, { migrated: false })
  const collector = await startCollector(t)
  const flagd = await new Flagd().start()
  t.after(() => flagd.stop())
  flagd.flags = { flags: { tracing_enabled: flag('off'), metrics_enabled: flag('on') } }

  const migration = runProcess(t, { DATABASE_URL: url }, [migrate, 'up'])
  assert.deepEqual(await migration.exited, { code: 0, signal: null }, migration.stderr())

  const service = await startProcess(
    t,
    {
      DATABASE_URL: url,
      FLAGD_RESOLVER: 'in-process',
      FLAGD_HOST: '127.0.0.1',
      FLAGD_SYNC_PORT: String(flagd.port),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
    [main],
  )
  const ready = await (await fetch(`${service.url}/readyz`)).json()
  assert.deepEqual(ready, { status: 'ready', database: { status: 'ok' } })

  flagd.flags = { flags: { tracing_enabled: flag('on'), metrics_enabled: flag('on') } }
  flagd.push('tracing_enabled')
  const traced = () => service.lines.some(line => 'trace_id' in line)
  while (!traced()) assert.equal((await fetch(service.url)).status, 200)

  service.child.kill('SIGTERM')
  assert.deepEqual(await service.exited, { code: 0, signal: null }, service.stderr())
  assert.ok(collector.spans.some(span => span.kind === 'SERVER' && span.name === 'GET /'))
})

test('the list of packages holds what the bundle loads late, and nothing of development', () => {
  const { components } = JSON.parse(readFileSync(join(out, 'service/bom.cdx.json'), 'utf8'))
  const names = new Set(components.map((component: { name: string }) => component.name))
  const shipped = ['hono', 'postgres', 'prom-client', '@opentelemetry/sdk-node', '@openfeature/flagd-provider', 'pg']
  assert.deepEqual(
    shipped.filter(name => !names.has(name)),
    [],
  )
  const development = ['typescript', 'rolldown', '@biomejs/biome', 'knip']
  assert.deepEqual(
    development.filter(name => names.has(name)),
    [],
  )
})
