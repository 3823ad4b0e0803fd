import { join } from 'node:path'
import { type Memory, memoryOf } from './proc.ts'
import { type Program, startServer, statusOf } from './process.ts'
import { medianOf } from './rounds.ts'
import { type Aim, formatTable, judge } from './table.ts'

export type StartUp = Memory & { startMs: number }
type Measured = Program & { aims?: { start: Aim; rss: Aim } }

const NODE = 'bare node'
const script =
  "require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT, '127.0.0.1')"

/** What every program is compared with. */
export const bareNode: Measured = { name: NODE, args: ['-e', script] }

/** How many requests a process has answered when its memory is read. */
const FIRST_REQUESTS = 50

export function startVariants({ bundle, cache }: { bundle: string; cache: string }): Measured[] {
  const args = [join(bundle, 'service/main.js')]
  const aims = { start: { what: 'start', atMost: 2.4 }, rss: { what: 'RSS', atMost: 1.45 } }
  return [
    bareNode,
    { name: 'the bundle', args, aims },
    { name: 'the bundle, NODE_COMPILE_CACHE warm', args, env: { NODE_COMPILE_CACHE: cache } },
  ]
}

export async function measureStart(program: Program, signal: AbortSignal): Promise<StartUp> {
  const server = await startServer(program, signal)
  try {
    for (let request = 1; request < FIRST_REQUESTS; request++) await statusOf(server.url)
    return { startMs: server.startMs, ...(await memoryOf(server.pid)) }
  } finally {
    await server.stop()
  }
}

/** Node writes the cache when a process ends by itself. */
export async function warmCache(variants: readonly Measured[], signal: AbortSignal): Promise<void> {
  for (const variant of variants) {
    if (variant.env?.NODE_COMPILE_CACHE === undefined) continue
    const server = await startServer(
      { ...variant, env: { ...variant.env, SHUTDOWN_GRACE_MS: '0' }, end: 'SIGTERM' },
      signal,
    )
    await server.stop()
  }
}

const header = ['variant', 'first 200 ms', 'to node', 'RSS MiB', 'to node', 'private MiB', 'to node', 'aim']

export function startTable(variants: readonly Measured[], samples: ReadonlyMap<string, StartUp[]>): string[] {
  const of = (name: string, field: keyof StartUp) => medianOf(samples.get(name) ?? [], field)
  const rows = variants.map(({ name, aims }) => {
    const pair = (field: keyof StartUp, digits: number) => [
      of(name, field).toFixed(digits),
      toNode(name, field).toFixed(2),
    ]
    const judged = aims && [judge(aims.start, toNode(name, 'startMs')), judge(aims.rss, toNode(name, 'rssMiB'))]
    return [name, ...pair('startMs', 1), ...pair('rssMiB', 1), ...pair('privateMiB', 1), judged?.join(', ') ?? '']
  })
  function toNode(name: string, field: keyof StartUp) {
    return of(name, field) / of(NODE, field)
  }
  return formatTable(header, rows)
}
