import type { Severity } from '../message.ts'
import type { Matchable } from '../rules.ts'
import { compileGlob } from './glob.ts'
import { compilePattern } from './pattern.ts'

type Names = string | readonly string[] | undefined

/** All that are given must hold; of a list, one entry. `*` in a name stands for any characters. */
export type Conditions = {
  /** The name of the source it came through. */
  source?: Names
  kind?: Names
  namespace?: Names
  name?: Names
  reason?: Names
  /** One word takes that and worse (in an exclusion: that and milder), a list takes exactly its entries. */
  severity?: Severity | readonly Severity[] | undefined
  labels?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** A regular expression (RE2) somewhere in the text. */
  text?: string | undefined
}

/** `key` is the condition that cannot be compiled. */
export class RuleMistake extends Error {
  override name = 'RuleMistake'
  readonly key: string
  constructor(key: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.key = key
  }
}

/** The first condition that fails, as a sentence; undefined when all hold. */
type Check = (message: Matchable) => string | undefined

const names: [
  keyof Conditions & ('source' | 'kind' | 'namespace' | 'name' | 'reason'),
  (message: Matchable) => string | undefined,
][] = [
  ['source', message => message.input],
  ['kind', message => message.subject.kind],
  ['namespace', message => message.subject.namespace],
  ['name', message => message.subject.name],
  ['reason', message => message.reason],
]

/** From cheap to dear, because the first that fails ends it. */
export function compileConditions(conditions: Conditions, side: 'match' | 'exclude'): Check {
  const { severity, labels, text } = conditions
  const checks: Check[] = names.flatMap(([key, read]) =>
    conditions[key] === undefined ? [] : nameCheck(key, conditions[key], read),
  )
  if (severity !== undefined) checks.push(severityCheck(severity, side))
  for (const [label, wanted] of Object.entries(labels ?? {}))
    checks.push(
      nameCheck(`label ${label}`, wanted, message =>
        Object.hasOwn(message.labels, label) ? message.labels[label] : undefined,
      ),
    )
  if (text !== undefined) checks.push(textCheck(text))
  return message => {
    for (const check of checks) {
      const failed = check(message)
      if (failed !== undefined) return failed
    }
    return undefined
  }
}

function nameCheck(
  key: string,
  wanted: string | readonly string[],
  read: (message: Matchable) => string | undefined,
): Check {
  const patterns = typeof wanted === 'string' ? [wanted] : wanted
  const globs = patterns.map(compileGlob)
  const rule = patterns.join(' or ') || 'nothing'
  return message => {
    const got = read(message)
    if (got !== undefined && globs.some(matches => matches(got))) return undefined
    return `${key}: wanted ${rule}, got ${got === undefined ? 'none' : short(got)}`
  }
}

const order: readonly Severity[] = ['info', 'warning', 'error', 'critical']

function severityCheck(wanted: Severity | readonly Severity[], side: 'match' | 'exclude'): Check {
  const bound = typeof wanted === 'string' ? order.indexOf(wanted) : -1
  const taken = typeof wanted !== 'string' ? wanted : side === 'match' ? order.slice(bound) : order.slice(0, bound + 1)
  const rule =
    typeof wanted !== 'string' ? wanted.join(' or ') : `${wanted} or ${side === 'match' ? 'worse' : 'milder'}`
  return ({ severity }) => (taken.includes(severity) ? undefined : `severity: wanted ${rule}, got ${severity}`)
}

function textCheck(pattern: string): Check {
  let matches: (text: string) => boolean
  try {
    matches = compilePattern(pattern)
  } catch (error) {
    throw new RuleMistake('text', error)
  }
  return ({ text }) => (matches(text) ? undefined : `text: wanted /${pattern}/, got ${short(text)}`)
}

const short = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
