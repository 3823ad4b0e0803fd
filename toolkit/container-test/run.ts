import { join } from 'node:path'
import { until } from '../e2e/until.ts'
import type { Engine } from '../engine/engine.ts'
import { startHardened } from '../image/container.ts'
import { ask } from '../image/images.ts'
import { loadImage, readSaved } from '../image/saved.ts'
import type { Artifact } from '../record/record.ts'
import type { Context } from '../step.ts'
import { demand, demandLine } from './exchange.ts'
import { plans } from './plans.ts'

/**
 * Runs the very file that is scanned and pushed later, as a cluster would: any user, read-only, no capabilities, no network.
 * Resolves to the line that its /metrics held.
 */
export async function testContainer(
  target: string,
  { file, id }: Pick<Artifact, 'file' | 'id'>,
  { engine, context }: { engine: Engine; context: Context },
): Promise<string> {
  const plan = plans[target]
  if (plan === undefined)
    throw new Error(`nobody says what to ask of ${target}; add it to toolkit/container-test/plans.ts`)
  const saved = await readSaved(file, context)
  if (saved.id !== id) throw new Error(`${file} holds ${saved.id}, and the record says ${id}; build again`)
  const name = await loadImage(engine, join(context.root, file))
  const options = { user: '65532:65532', memory: '128m', env: plan.env }
  await using container = await startHardened({ id: name }, options, { engine, context })
  const inspect = (format: string) => ask(engine, ['inspect', '--format', format, container.name])
  try {
    const health = () => inspect('{{.State.Status}} {{.State.Health.Status}}')
    const settled = await until('health', health, said => !/^(created|running) starting$/.test(said), context)
    if (settled !== 'running healthy') throw new Error(`it is ${settled}`)
    for (const request of plan.requests) await demand(engine, container.name, request)
    await demandLine(engine, container.name, plan.line, context)
    await ask(engine, ['stop', '--time', '60', container.name])
    const code = await inspect('{{.State.ExitCode}}')
    if (code !== '0') throw new Error(`SIGTERM ended it with ${code}, expected 0`)
    return plan.line
  } catch (error) {
    context.signal.throwIfAborted()
    throw new Error(`${target}: ${(error as Error).message}\n${await container.logs()}`, { cause: error })
  }
}
