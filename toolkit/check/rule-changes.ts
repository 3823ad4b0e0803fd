import { readPlans } from '../slo/files.ts'
import { findSurvivors } from '../slo/run-trials.ts'
import { trialsOf } from '../slo/trials.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import type { Pin } from '../tools/pin.ts'
import { pins } from '../tools/pins.ts'
import type { Verdict } from './parts.ts'

const promtool = pins.find(pin => pin.name === 'promtool') as Pin // it is in the list

/** The gate tries every eighth, which takes half a minute; `./fairlead soak` tries all. */
const EVERY = 8

/** Changes generated rules in every plausible way, and looks whether promtool's tests notice. */
export async function checkRuleChanges(context: Context, every = EVERY): Promise<Verdict> {
  const all = (await readPlans(context.root)).flatMap(trialsOf)
  const trials = all.filter((_, n) => n % every === 0)
  if (trials.length === 0) return { word: 'skipped', detail: 'monitoring/slo has no file' }
  try {
    const { path, release } = await prepareTool(promtool, context)
    context.print(`         rule-changes  tries ${trials.length} of ${all.length} rules; this takes a while`)
    const survivors = await findSurvivors(path, trials, context)
    for (const survivor of survivors) context.print(survivor)
    if (survivors.length > 0) return { word: 'FAILED', detail: 'see above' }
    const changed = trials.filter(({ isChanged }) => isChanged).length
    return { word: 'passed', detail: `promtool ${release}: ${changed} changes of ${all.length}, and each is noticed` }
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no promtool: ${error.message}` }
    throw error
  }
}
