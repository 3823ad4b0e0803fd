import * as v from 'valibot'

/** OpenVEX 0.2.0 (https://github.com/openvex/spec), which Trivy reads itself. */
export const vexFile = '.github/vex.openvex.json'

/** A finding that somebody looked at and accepts, up to and including a day. */
export type Accepted = { id: string; products: string[]; reason: string; until: string }

// The labels of the specification, section "Status Justifications".
const justifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const

const text = v.pipe(v.string('expected some text'), v.trim(), v.minLength(1, 'expected some text'))
const timestamp = v.pipe(v.string(), v.isoTimestamp('expected a time such as 2026-11-20T10:15:00Z'))

// OpenVEX has no field for an end and its schema takes no foreign ones; status_notes is for how the status came about.
const lastDay = 'expected the last day of it, as "until 2027-03-31"'
const until = v.pipe(v.string(lastDay), v.regex(/\buntil \d{4}-\d{2}-\d{2}\b/i, lastDay))
const reason = 'expected the reason, in words'

const Statement = v.strictObject({
  '@id': v.optional(text),
  vulnerability: v.strictObject({
    '@id': v.optional(text),
    name: v.pipe(v.string(), v.regex(/^[A-Z][A-Za-z0-9]*-[\w-]+$/, 'expected an id such as CVE-2026-1234')),
    description: v.optional(text),
  }),
  products: v.pipe(
    v.array(
      v.strictObject({
        '@id': v.pipe(v.string(), v.regex(/^pkg:[a-z]+\/\S+$/, 'expected a package such as pkg:npm/minimist@1.2.5')),
      }),
    ),
    v.minLength(1, 'expected one package at least'),
  ),
  status: v.literal(
    'not_affected',
    issue => `expected not_affected, the only one that accepts a finding, got ${issue.received}`,
  ),
  justification: v.optional(v.picklist(justifications, `expected one of ${justifications.join(', ')}`)),
  impact_statement: v.pipe(v.string(reason), v.trim(), v.minLength(10, reason)),
  status_notes: until,
  timestamp: v.optional(timestamp),
  last_updated: v.optional(timestamp),
})

const Document = v.strictObject({
  '@context': v.literal('https://openvex.dev/ns/v0.2.0', 'expected https://openvex.dev/ns/v0.2.0'),
  '@id': text,
  author: text,
  timestamp,
  last_updated: v.optional(timestamp),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  statements: v.array(Statement),
})

/** Throws, with every mistake, unless each statement says what, why and until when, and is not over on the day `now`. */
export function parseVex(content: string, now: Date): Accepted[] {
  const result = v.safeParse(Document, parseJson(content))
  if (!result.success) throw new Error(`${vexFile}: ${result.issues.map(describe).join('; ')}`)
  const accepted = result.output.statements.map(statement => ({
    id: statement.vulnerability.name,
    products: statement.products.map(product => product['@id']),
    reason: statement.impact_statement,
    until: /until (\S{10})/i.exec(statement.status_notes)?.[1] ?? '', // the schema has seen to it
  }))
  const mistakes = accepted.flatMap(each => lookAtEnd(each, now))
  if (mistakes.length > 0) throw new Error(`${vexFile}: ${mistakes.join('; ')}`)
  return accepted
}

const day = 24 * 60 * 60 * 1000
const longestDays = 366

function lookAtEnd({ id, until }: Accepted, now: Date): string[] {
  const end = Date.parse(`${until}T00:00:00Z`)
  if (Number.isNaN(end) || !new Date(end).toISOString().startsWith(until))
    return [`${id}: expected a day of the calendar, got "until ${until}"`]
  if (now.getTime() >= end + day)
    return [
      `${id} was accepted until ${until}, which is over: upgrade the package, or look at it again and move the day`,
    ]
  if (end - now.getTime() > longestDays * day)
    return [`${id}: expected an end within ${longestDays} days, got "until ${until}"; nobody can judge so far ahead`]
  return []
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the document'
  if (issue.type !== 'strict_object') return `${path}: ${issue.message}`
  if (issue.expected === 'never') return `${path}: unknown key; take it out`
  const wanted = path.endsWith('.status_notes') ? lastDay : path.endsWith('.impact_statement') ? reason : 'expected it'
  return `${path}: ${wanted}, and it is missing`
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new Error(`${vexFile}: expected JSON: ${(error as Error).message}`, { cause: error })
  }
}
