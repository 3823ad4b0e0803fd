import type { DeliveryBench } from './delivery-bench.ts'
import { type PostOptions, postEvents } from './delivery-post.ts'
import type { DeliveryOptions } from './delivery-program.ts'
import type { Load } from './load.ts'
import { messageOf, type Server, startServer } from './process.ts'
import { interleave, medianOf, spread } from './rounds.ts'
import { type Aim, formatTable, judge } from './table.ts'

type Variant = DeliveryOptions & { aim?: Aim }

const MEMORY = 'no disk'

/** The whole process delivers what it takes, to a sink of its own machine: it has more to do, and no aim. */
export async function benchIntake(bench: DeliveryBench): Promise<void> {
  const { plan, programs, signal, print } = bench
  const sink = await startServer(programs.sink(0), signal)
  const variants: Variant[] = [
    { name: MEMORY, program: 'memory' },
    { name: 'SQLite', roles: ['receiver'], aim: { what: 'events/s', atLeast: 0.5 } },
    { name: 'SQLite, and delivers', sink: sink.url },
  ]
  try {
    const samples = await interleave(variants, plan.rounds, variant => measurePosts(bench, variant, plan.load))
    print(`\nEvents answered with 202 per second over ${plan.load.connections} connections, each a message of its own:`)
    for (const line of intakeTable(variants, samples)) print(line)
  } finally {
    await sink.stop()
  }
}

const header = ['variant', 'events/s', 'spread', 'to no disk', 'CPU us/event', 'p99 ms', 'generator', 'aim']

function intakeTable(variants: readonly Variant[], samples: ReadonlyMap<string, Load[]>): string[] {
  const of = (name: string, field: keyof Load) => medianOf(samples.get(name) ?? [], field)
  const rows = variants.map(({ name, aim }) => {
    const ratio = of(name, 'requestsPerSecond') / of(MEMORY, 'requestsPerSecond')
    return [
      name,
      of(name, 'requestsPerSecond').toFixed(0),
      percent(spread((samples.get(name) ?? []).map(sample => sample.requestsPerSecond))),
      ratio.toFixed(2),
      of(name, 'cpuMicroseconds').toFixed(0),
      of(name, 'p99Ms').toFixed(1),
      percent(of(name, 'generatorBusy')),
      aim ? judge(aim, ratio) : '',
    ]
  })
  return formatTable(header, rows)
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** A fresh process and a fresh ledger, so that none has to live with what the last round left. */
export async function measurePosts<T = unknown>(
  bench: DeliveryBench,
  options: DeliveryOptions,
  load: PostOptions,
  look?: (server: Server) => Promise<T>,
): Promise<Load & { found: T | undefined }> {
  const { programs, signal, folder } = bench
  const server = await startServer(await programs.program(bench.newFolder(), options), signal, folder)
  try {
    return { ...(await postEvents(server, load, signal)), found: await look?.(server) }
  } catch (cause) {
    signal.throwIfAborted()
    throw new Error(`${options.name}: ${messageOf(cause)}`, { cause })
  } finally {
    await server.stop()
  }
}
