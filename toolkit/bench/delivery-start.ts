import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import type { Context } from '../step.ts'
import type { DeliveryBench } from './delivery-bench.ts'
import { interleave } from './rounds.ts'
import { bareNode, measureStart, startTable } from './start-up.ts'

export async function benchDeliveryStart(bench: DeliveryBench, context: Context): Promise<void> {
  const { plan, folder, programs, signal, print } = bench
  const out = join(folder, 'bundle')
  await bundle.run(['--out', out], { ...context, print: () => {} })
  const source = await programs.program(bench.newFolder(), { name: 'node delivery/main.ts' })
  const bundled = { ...source, name: 'the bundle', args: [join(out, 'delivery/main.js')] }
  const variants = [bareNode, source, bundled]
  const samples = await interleave(variants, plan.starts, variant => measureStart(variant, signal))
  print('\nFrom the start of the process to the first 200, and memory after 50 requests:')
  for (const line of startTable(variants, samples)) print(line)
}
