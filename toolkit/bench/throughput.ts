import { join } from 'node:path'
import { type Load, type LoadOptions, load } from './load.ts'
import { messageOf, type Program, startServer } from './process.ts'
import { medianOf, spread } from './rounds.ts'
import { type Aim, formatTable, judge } from './table.ts'

type Group = 'parts' | 'whole'
export type Variant = Program & { group: Group | 'base'; aim?: Aim }

const NODE = 'bare node:http'
const HONO = 'bare Hono route'

/** What is put under load. The first two are what the others are compared with, so every group has them. */
export function loadVariants({ root, bundle, collectorUrl }: { root: string; bundle: string; collectorUrl: string }) {
  const server = join(root, 'service/testing/bench-server.ts')
  const around = (...parts: string[]) => ({ group: 'parts' as const, args: [server, 'hono', ...parts] })
  const main = { group: 'whole' as const, args: [join(bundle, 'service/main.js')] }
  const tenth = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }
  const variants: Variant[] = [
    { name: NODE, group: 'base', args: [server, 'node'] },
    { name: HONO, group: 'base', args: [server, 'hono'] },
    { name: '+ metrics', ...around('metrics') },
    { name: '+ flags', ...around('flags') },
    { name: '+ metrics + flags', ...around('metrics', 'flags'), aim: { what: 'req/s to Hono', atLeast: 0.88 } },
    { name: '+ access log', ...around('log') },
    { name: '+ headers', ...around('headers') },
    { name: '+ ids', ...around('ids') },
    { name: '+ limits', ...around('limits') },
    { name: 'whole service', ...main, aim: { what: 'req/s to Hono', atLeast: 0.6 } },
    {
      name: 'whole, tracing 10 %',
      ...main,
      env: { ENABLE_TRACING: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl, ...tenth, SHUTDOWN_GRACE_MS: '0' },
      end: 'SIGTERM', // it sends its last spans
    },
  ]
  return variants
}

/** One fresh process each time: the luck of one, in memory or in compiled code, must not colour every round. */
export async function measureLoad(
  variant: Variant,
  options: LoadOptions,
  folder: string,
  signal: AbortSignal,
): Promise<Load> {
  const server = await startServer(variant, signal, folder)
  try {
    return await load(server, options, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new Error(`${variant.name}: ${messageOf(cause)}`, { cause })
  } finally {
    await server.stop()
  }
}

const header = [
  'variant',
  'req/s',
  'spread',
  'to Hono',
  'to node',
  'CPU us/req',
  'to Hono',
  'p99 ms',
  'to Hono',
  'generator',
  'aim',
]

/** Each row is compared with the same two, whichever group it is in. */
export function loadTable(variants: readonly Variant[], samples: ReadonlyMap<string, Load[]>): string[] {
  const of = (name: string, field: keyof Load) => medianOf(samples.get(name) ?? [], field)
  const rows = variants.map(({ name, aim }) => {
    const ratio = (field: keyof Load, base: string) => of(name, field) / of(base, field)
    const toHono = ratio('requestsPerSecond', HONO)
    return [
      name,
      of(name, 'requestsPerSecond').toFixed(0),
      percent(spread((samples.get(name) ?? []).map(sample => sample.requestsPerSecond))),
      toHono.toFixed(2),
      ratio('requestsPerSecond', NODE).toFixed(2),
      of(name, 'cpuMicroseconds').toFixed(1),
      ratio('cpuMicroseconds', HONO).toFixed(2),
      of(name, 'p99Ms').toFixed(2),
      ratio('p99Ms', HONO).toFixed(2),
      percent(of(name, 'generatorBusy')),
      aim ? judge(aim, toHono) : '',
    ]
  })
  return formatTable(header, rows)
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** Above this share the generator is what limits, and ratios of req/s to what it limits flatter. */
const SATURATED = 0.95

export function saturationNotes(samples: ReadonlyMap<string, Load[]>): string[] {
  const limited = [...samples].filter(([, loads]) => medianOf(loads, 'generatorBusy') > SATURATED)
  return limited.map(
    ([name]) => `${name}: the generator was the limit, so ratios of req/s to it flatter; those of CPU do not.`,
  )
}
