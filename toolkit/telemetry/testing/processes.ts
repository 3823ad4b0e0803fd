import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { testDatabase } from '../../../lib/test-database.ts'
import { runProgram } from '../../../lib/test-process.ts'
import type { DeliveryRunning, Running } from '../exercise.ts'
import { exerciseFlags } from '../exercise-flags.ts'

const root = join(import.meta.dirname, '../../..')
const common = { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '0' }
const adminToken = 's3cr3t-telemetry-admin-0001'
const tokens = { webhookToken: 's3cr3t-telemetry-inbound-0001', apiToken: 's3cr3t-telemetry-operator-0001' }

export type Started = Running & {
  /** A delivery plane that answers every event with 503, because it cannot write its outbox. */
  refusing?: DeliveryRunning | undefined
}

/** The service and the delivery plane of this checkout as processes, with all that the exercise needs. */
export async function startBoth(t: TestContext): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'telemetry-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const flags = join(folder, 'flags.json')
  await writeFile(flags, exerciseFlags(await readFile(join(root, 'flags/flags.json'), 'utf8')))
  const service = start(t, 'service/main.ts', {
    ...{ DATABASE_URL: await testDatabase(t), FLAGD_OFFLINE_FLAG_SOURCE_PATH: flags, FAULTS_ENABLED: 'true' },
    ...{ ADMIN_FLAGS_ENABLED: 'true', ADMIN_FLAGS_TOKEN: adminToken },
  })
  if (!existsSync(join(root, 'delivery'))) return { service: await service, adminToken }
  const env = { DELIVERY_CONFIG: await configure(t, folder), OUTBOX_PATH: join(folder, 'outbox.db') }
  const delivery = { ...(await startDelivery(t, env)), failing: 'fails' }
  const refusing = await startDelivery(t, { OUTBOX_URL: 'postgres://nobody@127.0.0.1:1/none' }) // nobody listens on port 1
  return { service: await service, adminToken, delivery, refusing }
}

/** Writes a file with a destination of each kind: one that works, one that gives up soon, and the console. */
async function configure(t: TestContext, folder: string): Promise<string> {
  const webhook = { type: 'webhook', allowAddresses: ['127.0.0.0/8'] }
  const retry = { profile: 'fast', maxAttempts: 2, minDelay: '10ms', maxDelay: '10ms' }
  const destinations = {
    console: { type: 'console' },
    works: { ...webhook, url: await answering(t, 200) },
    fails: { ...webhook, url: await answering(t, 500), retry },
  }
  const file = join(folder, 'delivery.yaml')
  await writeFile(file, JSON.stringify({ destinations })) // JSON is YAML
  return file
}

async function startDelivery(t: TestContext, env: Record<string, string>): Promise<DeliveryRunning> {
  const secrets = { WEBHOOK_TOKEN: tokens.webhookToken, DELIVERY_API_TOKEN: tokens.apiToken }
  return { url: await start(t, 'delivery/main.ts', { ...secrets, ...env }), ...tokens }
}

async function start(t: TestContext, program: string, env: Record<string, string>): Promise<string> {
  const { line } = runProgram(t, [join(root, program)], { ...common, ...env })
  const { port } = await line(each => each.msg === 'listening')
  return `http://127.0.0.1:${port}`
}

async function answering(t: TestContext, status: number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end())
  })
  t.after(() => void server.close().closeAllConnections())
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/` // an address, because it listens on a port
}
