import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Program } from './process.ts'

export const TOKEN = 's3cr3t-bench-token-0001'

const programs = { main: 'delivery/main.ts', memory: 'delivery/testing/bench-memory.ts' }

export type DeliveryOptions = {
  name: string
  program?: keyof typeof programs
  roles?: readonly ('receiver' | 'dispatcher')[]
  /** Where the one destination is; one without a dispatcher has no need of it. */
  sink?: string
  env?: Record<string, string>
}

/** Told to nobody: where no dispatcher runs, the address is only a name. */
const NOWHERE = 'http://127.0.0.1:9/'

/** Makes programs of the delivery plane, each with one webhook destination; they share a ledger when they share a folder. */
export const deliveryPrograms = (root: string) => ({
  async program(folder: string, { name, program = 'main', roles = [], sink = NOWHERE, env }: DeliveryOptions) {
    await mkdir(folder, { recursive: true })
    const config = join(folder, 'delivery.yaml')
    const destination = { type: 'webhook', url: sink, allowAddresses: ['127.0.0.0/8'] }
    await writeFile(config, JSON.stringify({ destinations: { sink: destination } })) // JSON is YAML
    const own = { DELIVERY_CONFIG: config, OUTBOX_PATH: join(folder, 'outbox.db'), WEBHOOK_TOKEN: TOKEN }
    const args = [join(root, programs[program]), ...roles]
    return { name, args, path: '/healthz', env: { ...own, ...env } } satisfies Program
  },
  sink: (delayMs: number): Program => ({
    name: `a sink that takes ${delayMs} ms`,
    args: [join(root, 'delivery/testing/bench-sink.ts'), String(delayMs)],
  }),
  ledger: (...args: string[]) => [join(root, 'delivery/testing/bench-ledger.ts'), ...args],
})

export type DeliveryPrograms = ReturnType<typeof deliveryPrograms>
