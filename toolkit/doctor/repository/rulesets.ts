import { isDeepStrictEqual } from 'node:util'
import type { Ruleset } from '../../github-api/settings.ts'
import type { DeclaredRuleset } from './declared.ts'
import { type Finding, finding } from './finding.ts'

/**
 * Whether the rules that are wanted hold for these refs, under whatever name, and be they an organisation's. Stricter ones do,
 * too: more approvals, more checks.
 */
export function compareRuleset(wanted: DeclaredRuleset, found: readonly Ruleset[], defaultBranch: string): Finding {
  const effective = found.filter(each => each.enforcement === 'active' && covers(each, wanted, defaultBranch))
  if (effective.length === 0) {
    const resting = found.find(each => each.name === wanted.name && each.enforcement !== 'active')
    const there = resting ? `"${resting.name}" is there and is ${resting.enforcement}` : 'there is none'
    return finding([`no active ruleset covers ${wanted.include.join(', ')}: ${there}`])
  }
  const rules = effective.flatMap(each => each.rules)
  const differences = wanted.rules.map(({ type, parameters }) => {
    const same = rules.filter(rule => rule.type === type)
    if (same.length === 0) return `rule ${type} is missing`
    const lacking = Object.entries(parameters)
      .filter(([name, value]) => !same.some(rule => isAtLeast(value, rule.parameters?.[name])))
      .map(([name, value]) => `${name} ${shown(value)}`)
    return lacking.length === 0 ? undefined : `rule ${type} lacks ${lacking.join(', ')}`
  })
  const open = effective.filter(each => (each.bypass_actors?.length ?? 0) > 0).map(each => `"${each.name}"`)
  const hidden = effective.some(each => each.bypass_actors === undefined)
  return finding(
    [...differences, open.length > 0 ? `somebody may bypass ${open.join(', ')}` : undefined],
    [hidden ? 'who may bypass it is told only to a token with administration: write' : undefined],
  )
}

function covers({ target = 'branch', conditions }: Ruleset, wanted: DeclaredRuleset, defaultBranch: string): boolean {
  const { include = [], exclude = [] } = conditions?.ref_name ?? {}
  const named = (ref: string) => (ref === '~DEFAULT_BRANCH' ? `refs/heads/${defaultBranch}` : ref)
  const refs = include.map(named)
  return (
    target === wanted.target &&
    exclude.length === 0 &&
    wanted.include.every(ref => refs.includes('~ALL') || refs.includes(named(ref)))
  )
}

function isAtLeast(wanted: unknown, found: unknown): boolean {
  if (typeof wanted === 'number') return typeof found === 'number' && found >= wanted
  if (!Array.isArray(wanted)) return wanted === found
  return Array.isArray(found) && wanted.every(each => found.some(other => isPart(each, other)))
}

// GitHub adds to what was sent, such as the id of an App beside the name of a check.
function isPart(wanted: unknown, found: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return isDeepStrictEqual(wanted, found)
  if (typeof found !== 'object' || found === null) return false
  return Object.entries(wanted).every(([key, value]) =>
    isDeepStrictEqual(value, (found as Record<string, unknown>)[key]),
  ) // an object, see above
}

function shown(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value)
  return value
    .map(each => (typeof each === 'object' && each !== null ? Object.values(each).join(' ') : String(each)))
    .join(', ')
}
