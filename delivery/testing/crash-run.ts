import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Readiness } from '../health.ts'
import type { CrashLedger } from './crash-ledger.ts'
import type { Kill } from './crash-plan.ts'
import { createSender, type Sender } from './crash-sender.ts'
import { until } from './delivery.ts'
import { runProcess, startProcess, temporaryFolder } from './process.ts'
import { startSinkServer } from './sink-server.ts'

const TOKEN = 's3cr3t-inbound-0003'
const BURST = 60
/** What never happens within this time does not happen. */
const NEVER_MS = 60_000

export type Figures = { kills: number; messages: number; duplicates: number }

/**
 * One ledger, one sink, and process after process that is killed; then one that is left alone until all is delivered.
 * Throws when something acknowledged does not arrive, an id changes, or something arrives again that was settled.
 */
export async function runCrashes(
  t: TestContext,
  ledger: CrashLedger,
  kills: readonly Kill[],
  print: (line: string) => void,
): Promise<Figures> {
  const sink = await startSink(t)
  const sender = createSender(TOKEN)
  const leasesAtKills = new Map<string, Set<number>>()
  const env = { ...ledger.env, WEBHOOK_TOKEN: TOKEN, LOG_LEVEL: 'info', DELIVERY_CONFIG: writeConfig(t, sink.url) }

  for (const [index, kill] of kills.entries()) {
    await liveAndDie(t, env, kill, sender)
    const leases = await ledger.leases()
    for (const { id, lease } of leases) leasesAtKills.set(id, (leasesAtKills.get(id) ?? new Set()).add(lease))
    const name = 'at' in kill ? kill.at : `${kill.afterMs} ms after ${kill.since}`
    const figures = `${sender.acknowledged.size} acknowledged, ${sink.deliveries.length} delivered, ${leases.length} leased`
    print(`kill ${index + 1} of ${kills.length}, ${name}: ${figures}`)
  }

  const last = await startProcess(t, env)
  await sender.finish(last.url)
  await until(
    async () => (await (await fetch(`${last.url}/ready`)).json()) as Readiness, // as health.ts answers
    ({ status, destinations }) => status === 'ready' && destinations.every(each => each.pending === 0),
  )
  last.child.kill('SIGTERM')
  assert.deepEqual(await last.exited, { code: 0, signal: null }, last.stderr())
  assert.deepEqual(await ledger.leases(), [])
  return judge(sink.deliveries, sender.acknowledged, leasesAtKills, kills.length)
}

/** A process that takes events until it dies as planned. */
async function liveAndDie(t: TestContext, env: Record<string, string>, kill: Kill, sender: Sender): Promise<void> {
  const process = runProcess(t, { ...env, ...('at' in kill && { FAIRLEAD_CRASH_AT: kill.at }) })
  const died = new AbortController()
  const exited = process.exited.finally(() => died.abort())
  // Then it ends in another way than it should, and says what it did meanwhile.
  const never = setTimeout(() => process.child.kill('SIGTERM'), NEVER_MS)
  const shootAfter = (ms: number) => setTimeout(() => process.child.kill('SIGKILL'), ms)
  if ('since' in kill && kill.since === 'start') shootAfter(kill.afterMs)
  const { port } = await process.line(line => line.msg === 'listening').catch(() => ({ port: undefined }))
  if ('since' in kill && kill.since === 'listening') shootAfter(kill.afterMs)
  if (port !== undefined) await sender.sendTo(`http://127.0.0.1:${port}`, { burst: BURST, signal: died.signal })
  const end = await exited
  clearTimeout(never)
  assert.deepEqual(end, { code: null, signal: 'SIGKILL' }, process.stderr() + process.stdout())
}

type Delivered = { id: string; name: string }

/** Answers 200, at once or a little later; only what got its answer counts as delivered. */
async function startSink(t: TestContext) {
  const sink = await startSinkServer(t)
  const deliveries: Delivered[] = []
  sink.behave(async (response, { headers, body }) => {
    const event = JSON.parse(body.toString()) as { id: string; data: { resource: { name: string } } } // a CloudEvent of ours
    const { name } = event.data.resource
    if (/[05]$/.test(name)) await delay(200) // so that every kill finds some under way
    if (response.destroyed) return
    response.writeHead(200).end()
    deliveries.push({ id: String(headers['webhook-id']), name })
  })
  return { url: sink.url, deliveries }
}

function judge(
  deliveries: readonly Delivered[],
  acknowledged: ReadonlyMap<string, string>,
  leasesAtKills: ReadonlyMap<string, ReadonlySet<number>>,
  kills: number,
): Figures {
  const idsByName = new Map<string, Set<string>>()
  const times = new Map<string, number>()
  for (const { id, name } of deliveries) {
    idsByName.set(name, (idsByName.get(name) ?? new Set()).add(id))
    times.set(id, (times.get(id) ?? 0) + 1)
  }
  const lost = [...acknowledged].filter(([name]) => !idsByName.has(name))
  assert.deepEqual(lost, [], 'acknowledged, and never delivered')
  const changed = [...idsByName].filter(([name, ids]) => ids.size > 1 || !ids.has(acknowledged.get(name) ?? ''))
  assert.deepEqual(changed, [], 'delivered under another id than the one that was acknowledged')
  const needless = [...times].filter(([id, count]) => count > 1 + (leasesAtKills.get(id)?.size ?? 0))
  assert.deepEqual(needless, [], 'delivered again, though no kill found it with a worker')
  return { kills, messages: times.size, duplicates: deliveries.length - times.size }
}

/** Retention takes what was delivered a few seconds ago, so that it is always at work. */
function writeConfig(t: TestContext, url: string): string {
  const file = join(temporaryFolder(t), 'delivery.yaml')
  const destination = { type: 'webhook', url, allowAddresses: ['127.0.0.0/8'], timeout: '5s', concurrency: 8 }
  const config = {
    destinations: { sink: destination },
    dispatcher: { lease: '1s' },
    retention: { delivered: '4s', every: '1s' },
  }
  writeFileSync(file, JSON.stringify(config)) // JSON is YAML
  return file
}
