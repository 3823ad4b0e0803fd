import type { Message } from './message.ts'
import { type Conditions, compileConditions, RuleMistake } from './rules/conditions.ts'

/** Why a rule did or did not choose a message; `because` names the first condition that failed, or the exclusion that hit. */
export type Decision = { rule: string; matched: boolean; because: string; destinations: readonly string[] }

/** All of `match` must hold, and none of `exclude`. Several rules may choose one message: their destinations add up. */
export type Rule = {
  name: string
  match?: Conditions | undefined
  exclude?: readonly Conditions[] | undefined
  destinations: readonly string[]
}

/** What rules look at. */
export type Matchable = Pick<Message, 'input' | 'subject' | 'severity' | 'reason' | 'labels' | 'text'>

export type CompiledRules = {
  destinations: ReadonlySet<string>
  decide(message: Matchable): { destinations: string[]; decisions: Decision[] }
}

/** Names of decisions that no rule made. */
const reservedNames = ['default', 'episode']

/** Throws one RulesError with every mistake. Without rules (undefined) everything goes to every destination. */
export function compileRules(rules: readonly Rule[] | undefined, destinations: readonly string[]): CompiledRules {
  const known = new Set(destinations)
  if (rules === undefined) {
    const decision = { rule: 'default', matched: true, because: 'no rules are configured', destinations }
    return { destinations: known, decide: () => ({ destinations: [...known], decisions: [decision] }) }
  }
  const mistakes: { path: (string | number)[]; message: string }[] = []
  const names = new Set<string>()
  const compiled = rules.map((rule, index) => {
    const report = (path: (string | number)[], message: string) => mistakes.push({ path: [index, ...path], message })
    if (reservedNames.includes(rule.name))
      report(['name'], `"${rule.name}" is taken by the program; choose another name`)
    if (names.has(rule.name)) report(['name'], `"${rule.name}" is the name of an earlier rule, too`)
    names.add(rule.name)
    rule.destinations.forEach((name, at) => {
      if (!known.has(name))
        report(['destinations', at], `no destination is called "${name}"; there are: ${[...known].join(', ')}`)
    })
    return compileRule(rule, report)
  })
  if (mistakes.length > 0) throw new RulesError(mistakes)
  return {
    destinations: known,
    decide(message) {
      const decisions = compiled.map(decide => decide(message))
      return { destinations: [...new Set(decisions.flatMap(decision => decision.destinations))], decisions }
    },
  }
}

/** Every mistake, each with its path below `rules`. */
export class RulesError extends Error {
  override name = 'RulesError'
  readonly mistakes: readonly { path: readonly (string | number)[]; message: string }[]
  constructor(mistakes: RulesError['mistakes']) {
    super(mistakes.map(({ path, message }) => `rules.${path.join('.')}: ${message}`).join('\n'))
    this.mistakes = mistakes
  }
}

type Report = (path: (string | number)[], message: string) => void

function compileRule(rule: Rule, report: Report): (message: Matchable) => Decision {
  const matches = compileReporting(rule.match ?? {}, 'match', report, ['match'])
  const exclusions = (rule.exclude ?? []).map((each, at) => compileReporting(each, 'exclude', report, ['exclude', at]))
  const no = (because: string): Decision => ({ rule: rule.name, matched: false, because, destinations: [] })
  const yes = { rule: rule.name, matched: true, because: 'every condition holds', destinations: rule.destinations }
  return message => {
    const failed = matches(message)
    if (failed !== undefined) return no(failed)
    const hit = exclusions.findIndex(exclusion => exclusion(message) === undefined)
    return hit < 0 ? yes : no(`excluded by exclude[${hit}]: ${JSON.stringify(rule.exclude?.[hit]).slice(0, 200)}`)
  }
}

function compileReporting(
  conditions: Conditions,
  side: 'match' | 'exclude',
  report: Report,
  path: (string | number)[],
) {
  try {
    return compileConditions(conditions, side)
  } catch (error) {
    if (!(error instanceof RuleMistake)) throw error
    report([...path, error.key], error.message)
    return () => undefined
  }
}
