import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from './bench/collector.ts'
import { deliverySubject } from './bench/delivery-subject.ts'
import { help, type Plan, parsePlan, parseSubject, type Subject } from './bench/plan.ts'
import { interferenceNote, watchOthers } from './bench/proc.ts'
import { interleave } from './bench/rounds.ts'
import { measureStart, startTable, startVariants, warmCache } from './bench/start-up.ts'
import { loadTable, loadVariants, measureLoad, saturationNotes } from './bench/throughput.ts'
import { bundle } from './bundle.ts'
import type { Context, Step } from './step.ts'

/** What else can be measured, by the word that asks for it. */
const subjects: Record<string, Subject> = {
  delivery: deliverySubject,
}

export const bench: Step = {
  name: 'bench',
  summary: 'Compare the service with bare Hono and bare Node: requests, latency, CPU, start, memory.',
  help: [help, ...Object.values(subjects).map(subject => subject.help)].join('\n\n'),
  async run(args, context) {
    const { subject, rest } = parseSubject(args, subjects)
    if (subject) return subject.run(rest, context)
    const plan = parsePlan(rest)
    const others = watchOthers()
    const folder = await mkdtemp(join(tmpdir(), 'bench-'))
    try {
      await bundle.run(['--out', join(folder, 'bundle')], { ...context, print: () => {} })
      if (plan.groups.some(group => group !== 'start')) await benchLoad(plan, folder, context)
      if (plan.groups.includes('start')) await benchStart(plan, folder, context)
      context.print(`\n${interferenceNote(others())}`)
      return 0
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

async function benchLoad(plan: Plan, folder: string, { root, signal, print }: Context): Promise<void> {
  const { rounds, load, groups } = plan
  await using collector = await startCollector()
  const all = loadVariants({ root, bundle: join(folder, 'bundle'), collectorUrl: collector.url })
  const variants = all.filter(({ group }) => group === 'base' || groups.includes(group))
  print(
    `GET / over ${load.connections} connections, ${variants.length} servers, ${rounds} rounds, ${load.seconds} s each`,
  )
  const samples = await interleave(variants, rounds, async (variant, round) => {
    const sample = await measureLoad(variant, load, folder, signal)
    const figure = sample.requestsPerSecond.toFixed(0).padStart(8)
    print(`  round ${round + 1} of ${rounds}: ${variant.name.padEnd(20)}${figure} req/s`)
    return sample
  })
  if (groups.includes('whole') && collector.exports === 0) throw new Error('tracing was on, but no span was exported')
  for (const group of ['parts', 'whole'] as const) {
    if (!groups.includes(group)) continue
    print(`\n${titles[group]}`)
    const shown = variants.filter(variant => variant.group === 'base' || variant.group === group)
    for (const line of loadTable(shown, samples)) print(line)
  }
  for (const line of saturationNotes(samples)) print(line)
}

async function benchStart({ starts }: Plan, folder: string, { signal, print }: Context): Promise<void> {
  const variants = startVariants({ bundle: join(folder, 'bundle'), cache: join(folder, 'compile-cache') })
  await warmCache(variants, signal)
  print(`${variants.length} programs, ${starts} starts of each, one at a time`)
  const samples = await interleave(variants, starts, variant => measureStart(variant, signal))
  print(`\n${titles.start}`)
  for (const line of startTable(variants, samples)) print(line)
}

const titles = {
  parts: 'A bare Hono route, and with one part of the service around it (medians, and ratios of medians):',
  whole: 'The whole service: the bundle under plain Node, only PORT and HOST set, its log piped to cat >/dev/null:',
  start:
    'From the start of the process to the first 200, and memory after 50 requests (medians, and ratios of medians):',
}
