import { existsSync, globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dashboards } from './dashboards/dashboards.ts'
import type { Plan } from './plan.ts'
import { readPlan } from './read.ts'
import { alertsOf, MARK, prometheusRule, ruleFile } from './rules.ts'
import { runbookOf } from './runbook.ts'
import { testFiles } from './stories.ts'

type File = { path: string; text: string }

/** The plans of monitoring/slo, in the order of their names. */
export async function readPlans(root: string): Promise<Plan[]> {
  const files = globSync('monitoring/slo/*.yaml', { cwd: root }).sort()
  return Promise.all(files.map(async file => readPlan(await readFile(join(root, file), 'utf8'), file)))
}

/** Everything that is made from the plans, as it has to be now; of a runbook only the generated parts are made. */
async function generatedFiles(root: string): Promise<File[]> {
  const plans = await readPlans(root)
  const runbooks = await Promise.all(plans.map(plan => runbooksOf(root, plan)))
  return [
    ...plans.flatMap(plan => [
      { path: `monitoring/rules/${plan.rules}.yaml`, text: ruleFile(plan) },
      ...(plan.chart === undefined
        ? []
        : [{ path: `${plan.chart}/files/prometheus-rule.yaml`, text: prometheusRule(plan) }]),
      ...testFiles(plan),
    ]),
    ...runbooks.flat(),
    ...[...dashboards(plans)].map(([name, text]) => ({ path: `monitoring/dashboards/${name}`, text })),
  ]
}

const runbooksOf = (root: string, plan: Plan): Promise<File[]> =>
  Promise.all(
    alertsOf(plan).map(async alert => {
      const path = `monitoring/runbooks/${alert.alert}.md`
      const now = await readNow(root, path)
      try {
        return { path, text: runbookOf(alert, plan, now) }
      } catch (error) {
        throw new Error(`${path}: ${(error as Error).message}`, { cause: error }) // runbookOf throws nothing else
      }
    }),
  )

/** What has to be written, and, without a text, what nothing makes any more. */
export async function findDifferent(root: string): Promise<{ path: string; text?: string }[]> {
  const files = await generatedFiles(root)
  const different = await Promise.all(
    files.map(async file => ((await readNow(root, file.path)) === file.text ? [] : [file])),
  )
  const made = new Set(files.map(({ path }) => path))
  const others = globSync(['monitoring/{rules,tests}/*.yaml', 'helm/*/files/*.yaml'], { cwd: root }).filter(
    path => !made.has(path),
  )
  const left = await Promise.all(
    others.map(async path => ((await readNow(root, path))?.startsWith(MARK) ? [{ path }] : [])),
  )
  return [...different.flat(), ...left.flat()]
}

async function readNow(root: string, path: string): Promise<string | undefined> {
  return existsSync(join(root, path)) ? await readFile(join(root, path), 'utf8') : undefined
}
