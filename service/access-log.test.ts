import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startService } from './testing/service.ts'

type Started = Awaited<ReturnType<typeof startService>>
const requests = ({ lines }: Started) => lines.filter(line => line.msg === 'request')

test('a request is one line, without its query', async t => {
  const service = await startService(t)
  await fetch(`${service.url}/?token=s3cr3t-in-a-query`, {
    headers: { 'x-request-id': 'r-1', authorization: 'Bearer s3cr3t-bearer' },
  })
  await service.stop()
  const [line, ...others] = requests(service)
  assert.equal(others.length, 0)
  const { duration_ms, time, ...rest } = line ?? {}
  assert.deepEqual(rest, {
    level: 'info',
    service: 'test',
    request_id: 'r-1',
    method: 'GET',
    path: '/',
    handler: '/',
    status: 200,
    msg: 'request',
  })
  assert.ok(Number(duration_ms) >= 0)
  assert.ok(!Number.isNaN(Date.parse(String(time))))
})

test('probes and scrapes leave no line', async t => {
  const service = await startService(t)
  for (const path of ['/livez', '/readyz', '/metrics']) await fetch(service.url + path)
  await service.stop()
  assert.deepEqual(requests(service), [])
})

test('sampling leaves out successful requests and never an error', async t => {
  const service = await startService(t, { ACCESS_LOG_SAMPLE: '0' })
  await fetch(service.url)
  await fetch(`${service.url}/missing`)
  await service.stop()
  assert.deepEqual(
    requests(service).map(line => line.status),
    [404],
  )
})

test('the level decides which lines are written', async t => {
  const service = await startService(t, { LOG_LEVEL: 'error' })
  await fetch(service.url)
  await service.stop()
  assert.deepEqual(service.lines, [])
})
