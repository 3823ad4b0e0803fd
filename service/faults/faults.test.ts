import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadConfig } from '../config.ts'
import { startFaulty, untilStatus, valued } from './testing/faulty.ts'

const limit = { timeout: 60_000 }
const statusOf = async (url: string) => (await fetch(url)).status

test('every kind of traffic fails; probes and the scrape do not, and the log says why', limit, async t => {
  const { url, lines } = await startFaulty(t, { fault_error_rate: valued(1) })
  await untilStatus(t, url, 500)
  for (const path of ['/', '/nothing', '/livezz']) assert.equal(await statusOf(url + path), 500, path)
  for (const path of ['/livez', '/readyz', '/metrics']) assert.equal(await statusOf(url + path), 200, path)
  assert.deepEqual(await (await fetch(url)).json(), { title: 'internal server error', status: 500 })
  assert.match(JSON.stringify(lines), /the flag fault_error_rate asked for this failure/)
  assert.match(JSON.stringify(lines), /FAULTS_ENABLED: flags can make this service fail/)
})

test('half of the requests fail at a rate of one half, counted under their own routes', limit, async t => {
  const { url } = await startFaulty(t, { fault_error_rate: valued(0.5) })
  await untilStatus(t, url, 500)
  const statuses = await Promise.all(Array.from({ length: 200 }, () => statusOf(url)))
  const failed = statuses.filter(status => status === 500).length
  assert.ok(failed > 50 && failed < 150, `about half of 200, got ${failed}`)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  assert.match(metrics, /^http_requests_total\{handler="\/",method="GET",status="500"\} \d+$/m)
  assert.match(metrics, /^faults_enabled 1$/m)
})

test('targeting makes one route slow, and leaves the others alone', limit, async t => {
  const byRoute = { if: [{ '==': [{ var: 'route' }, '/'] }, 'here', 'none'] }
  const flags = { fault_latency_ms: valued(300, byRoute), fault_error_rate: valued(1, byRoute) }
  const { url } = await startFaulty(t, flags)
  await untilStatus(t, url, 500) // both flags are of one file
  const since = performance.now()
  assert.equal(await statusOf(url), 500)
  assert.ok(performance.now() - since > 290, `answered after ${performance.now() - since} ms`)
  assert.equal(await statusOf(`${url}/nothing`), 404)
})

test('a broken collector fails every other scrape, so that the count of failures can be read', limit, async t => {
  const { url } = await startFaulty(t, { fault_metrics_handler: valued(true) })
  await untilStatus(t, `${url}/metrics`, 500)
  const statuses: number[] = []
  for (let scrape = 0; scrape < 4; scrape++) statuses.push(await statusOf(`${url}/metrics`))
  assert.deepEqual(statuses, [200, 500, 200, 500])
  assert.match(
    await (await fetch(`${url}/metrics`)).text(),
    /^promhttp_metric_handler_errors_total\{cause="gathering"\} 3$/m,
  )
  assert.equal(await statusOf(url), 200)
})

const noFault: [what: string, flags: Record<string, object>, env: { FAULTS_ENABLED: string }, read: string][] = [
  ['flagd does not know the flag', {}, { FAULTS_ENABLED: 'true' }, 'fault_error_rate'],
  ['its value is of another type', { fault_error_rate: valued(true) }, { FAULTS_ENABLED: 'true' }, 'fault_error_rate'],
  ['faults are not enabled', { fault_error_rate: valued(1) }, { FAULTS_ENABLED: 'false' }, 'metrics_enabled'],
]

for (const [what, flags, env, read] of noFault) {
  test(`nothing fails when ${what}`, limit, async t => {
    const { url, metrics } = await startFaulty(t, flags, env)
    const isRead = async () => (await metrics.scrape(undefined)).body.includes(`flag="${read}"`)
    while (!(await isRead())) await new Promise(setImmediate)
    assert.equal(await statusOf(url), 200)
  })
}

test('prod refuses faults, and any other environment takes them', () => {
  const env = { FAULTS_ENABLED: 'true' }
  assert.throws(() => loadConfig({ ...env, ENVIRONMENT: 'prod' }), /FAULTS_ENABLED: prod refuses faults/)
  assert.equal(loadConfig({ ...env, ENVIRONMENT: 'nonprod' }).FAULTS_ENABLED, true)
  assert.equal(loadConfig({ ENVIRONMENT: 'prod' }).FAULTS_ENABLED, false)
})

test('the flag file of the repository has every fault, off', () => {
  const { flags } = JSON.parse(readFileSync(new URL('../../flags/flags.json', import.meta.url), 'utf8'))
  for (const [flag, off] of Object.entries({
    fault_error_rate: 0,
    fault_latency_ms: 0,
    fault_metrics_handler: false,
  })) {
    assert.equal(flags[flag]?.variants[flags[flag].defaultVariant], off, flag)
  }
})
