import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from './testing/delivery.ts'
import { fluxEvent } from './testing/flux-event.ts'
import { startProcess, temporaryFolder } from './testing/process.ts'
import { startSinkServer } from './testing/sink-server.ts'

// The real process with one destination of each kind. `./fairlead soak --only heap` sends 100,000 events.

const events = Number(process.env.SOAK_EVENTS || 1000)
const TOKEN = 's3cr3t-inbound-0004'
const LANES = 4
const OBJECTS = 200
/** So many events may be ahead of the slowest destination. */
const AHEAD = 300
/** Generous: caches fill. At 100,000 events 1 kB lost with each would be 50 MiB. */
const MOST_GROWTH = { heap: 8 * 2 ** 20, resident: 24 * 2 ** 20 }
/** Without these, V8 takes what it likes and gives it back late, and a leak could not be told from that. */
const program = ['--max-semi-space-size=1', '--max-old-space-size=64', new URL('./main.ts', import.meta.url).pathname]

test(`memory stays flat over ${events} events to each kind of sink`, async t => {
  const sink = await startSink(t)
  const env = { WEBHOOK_TOKEN: TOKEN, DELIVERY_CONFIG: writeConfig(t, sink.url) }
  const { url, lines } = await startProcess(t, env, program)
  const samples: Sample[] = []
  let sent = 0
  const lane = async () => {
    while (sent < events) {
      sent += 1
      const n = sent // other lanes go on counting
      if (n % Math.ceil(events / 100) === 0) samples.push(await takeSample(url))
      if (n % Math.ceil(events / 10) === 0) say(`${n} of ${events} events`)
      await sink.told(n - AHEAD)
      await post(url, n)
      lines.length = 0 // what the console destination prints is not to fill our own memory
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  await sink.told(events)

  const quarter = (n: number) => samples.slice((n * samples.length) / 4, ((n + 1) * samples.length) / 4)
  for (const name of ['heap', 'resident'] as const) {
    const least = (n: number) => Math.min(...quarter(n).map(sample => sample[name]))
    const growth = least(3) - least(1)
    const perEvent = Math.round(growth / (events / 2))
    const later = `${events / 2} events later ${mebibytes(least(3))}: ${perEvent} bytes an event`
    say(`${name}: ${mebibytes(least(1))}, ${later}`)
    assert.ok(growth < MOST_GROWTH[name], `${name} grew by ${mebibytes(growth)}`)
  }
})

type Sample = Record<'heap' | 'resident', number>

const say = (line: string) => void process.stdout.write(`${line}\n`)

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`

async function takeSample(url: string): Promise<Sample> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  const sample = { heap: read('nodejs_heap_size_used_bytes'), resident: read('process_resident_memory_bytes') }
  assert.ok(sample.heap > 0 && sample.resident > 0, text)
  return sample
}

/** Error and recovery in turn, about few objects: each makes one message, and nothing has to be remembered of them all. */
async function post(url: string, n: number): Promise<void> {
  const round = Math.floor(n / OBJECTS)
  const outcome = round % 2 === 0 ? { severity: 'error', reason: 'Failed' } : { severity: 'info', reason: 'Succeeded' }
  const event = fluxEvent({
    ...outcome,
    involvedObject: { name: `object-${n % OBJECTS}` },
    message: `event ${n}: ${'all about it '.repeat(20)}`,
    timestamp: new Date().toISOString(),
  })
  const response = await fetch(`${url}/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
  assert.equal(response.status, 202, await response.text())
}

/** Answers as each of the three expects it. */
async function startSink(t: TestContext) {
  const server = await startSinkServer(t)
  const counts: Record<string, number> = { '/webhook': 0, '/slack': 0, '/pushover': 0 }
  server.behave((response, { path }) => {
    server.received.length = 0 // not to fill our own memory
    counts[path] = (counts[path] ?? 0) + 1
    response.writeHead(200).end(path === '/slack' ? 'ok' : '{"status":1}')
  })
  const least = async () => Math.min(...Object.values(counts))
  return { url: server.url, told: (count: number) => until(least, all => all >= count) }
}

function writeConfig(t: TestContext, url: string): string {
  const folder = temporaryFolder(t)
  const secret = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return { file: join(folder, name) }
  }
  const http = { allowAddresses: ['127.0.0.0/8'] }
  const config = {
    sources: { flux: { type: 'flux', token: { env: 'WEBHOOK_TOKEN' }, sameWithin: '1s' } },
    destinations: {
      console: { type: 'console' },
      webhook: { type: 'webhook', url: `${url}/webhook`, ...http },
      slack: { type: 'slack', url: secret('slack', `${url}/slack`), ...http },
      pushover: {
        ...{ type: 'pushover', url: `${url}/pushover`, ...http },
        ...{ userKey: secret('user', 's3cr3t-user-key-0004'), token: secret('app', 's3cr3t-app-token-0004') },
      },
    },
    episodes: { window: '0s' },
    retention: { delivered: '1s', every: '1s' },
  }
  writeFileSync(join(folder, 'delivery.yaml'), JSON.stringify(config)) // JSON is YAML
  return join(folder, 'delivery.yaml')
}
