import { parse } from 'yaml'
import { mutantsOf } from './mutants.ts'
import type { Plan } from './plan.ts'
import { plainGroups } from './rules.ts'
import { testFiles } from './stories.ts'

type Rule = ReturnType<typeof plainGroups>[number]['rules'][number]
type Test = { name: string; alert_rule_test: { alertname: string }[]; promql_expr_test: { expr: string }[] }
type TestFile = { evaluation_interval: string; fuzzy_compare: boolean; tests: Test[] }

/** A rule as it is, or with one change, and the tests that have to notice. */
export type Trial = { name: string; isChanged: boolean; rules: Rule[]; files: TestFile[] }

/** Every rule of a plan, first as it is, then changed in every way that would be a plausible mistake. */
export function trialsOf(plan: Plan): Trial[] {
  const rules = plainGroups(plan).flatMap(group => group.rules)
  const all = testFiles(plan).map(({ text }): TestFile => parse(text)) // it has just been made
  return rules.flatMap(rule => {
    const files = testsOf(rule, all)
    const name = 'alert' in rule ? rule.alert : `${rule.record} of ${rule.labels.slo}`
    const trial = (change: string, changed: Rule): Trial => {
      const needed = neededBy([rule, changed], rules).filter(each => each !== rule)
      return { name: `${name}: ${change || 'as it is'}`, isChanged: change !== '', rules: [...needed, changed], files }
    }
    return [trial('', rule), ...changesOf(rule).map(({ change, rule: changed }) => trial(change, changed))]
  })
}

function changesOf(rule: Rule): { change: string; rule: Rule }[] {
  // Recordings of other windows differ from those of the shortest by the window alone.
  const isRepeated = 'record' in rule && /(?:increase|rate)(?!5m$)\d+[mhd]$/.test(rule.record)
  const mutants = mutantsOf(rule.expr).filter(({ isWindow }) => isWindow || !isRepeated)
  const changes = mutants.map(({ change, text }) => ({ change, rule: { ...rule, expr: text } }))
  if (!('alert' in rule) || rule.for === undefined) return changes
  const { for: pause, ...rest } = rule
  const longer = `${Number.parseInt(pause, 10) + 1}m`
  return [
    ...changes,
    { change: `without for: ${pause}`, rule: rest },
    { change: `for: ${longer} and not ${pause}`, rule: { ...rule, for: longer } },
  ]
}

/** What they read, and what that reads, in the order of the file. */
function neededBy(start: readonly Rule[], all: readonly Rule[]): Rule[] {
  const found = new Set<Rule>()
  const add = (by: Rule) => {
    for (const each of all) {
      if (!('record' in each) || found.has(each) || !by.expr.includes(`slo="${each.labels.slo}"`)) continue
      if (!new RegExp(`${each.record}\\b`).test(by.expr)) continue
      found.add(each)
      add(each)
    }
  }
  for (const each of start) add(each)
  return all.filter(each => found.has(each))
}

/** What is said about it, and nothing else: other rules are not there. */
function testsOf(rule: Rule, files: readonly TestFile[]): TestFile[] {
  const own = (test: Test): Test => ({
    ...test,
    alert_rule_test: test.alert_rule_test.filter(({ alertname }) => 'alert' in rule && alertname === rule.alert),
    promql_expr_test: test.promql_expr_test.filter(
      ({ expr }) => 'record' in rule && expr.includes(`${rule.record}{`) && expr.includes(`slo="${rule.labels.slo}"`),
    ),
  })
  return files.flatMap(file => {
    const tests = file.tests.map(own).filter(test => test.alert_rule_test.length + test.promql_expr_test.length > 0)
    return tests.length === 0 ? [] : [{ ...file, tests }]
  })
}
