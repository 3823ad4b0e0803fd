import * as v from 'valibot'
import type { Filter } from '../outbox/outbox.ts'

const states = ['pending', 'leased', 'parked', 'delivered', 'dead', 'discarded'] as const

const entries = {
  destination: v.exactOptional(v.pipe(v.string(), v.maxLength(63, 'expected the name of a destination'))),
  state: v.exactOptional(v.picklist(states, `expected one of ${states.join(', ')}`)),
  since: v.exactOptional(
    v.pipe(
      v.string(),
      v.check(text => !Number.isNaN(Date.parse(text)), 'expected a time such as 2026-11-20T10:00:00Z'),
      v.transform(text => new Date(text).toISOString()),
    ),
  ),
  subject: v.exactOptional(v.pipe(v.string(), v.maxLength(1024, 'expected Kind/namespace/name'))),
}

const listing = v.strictObject({
  ...entries,
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,3}$/, 'expected 1 to 1000'),
      v.transform(Number),
      v.maxValue(1000, 'expected 1 to 1000'),
    ),
    '50',
  ),
  after: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
})

const selection = v.strictObject({ ...entries, all: v.exactOptional(v.boolean('expected true or false')) })

export type Parsed = { filter: Filter; mistakes?: undefined } | { mistakes: string[]; filter?: undefined }

/** From the query of a listing. */
export const parseListing = (query: Record<string, string>): Parsed => parsed(v.safeParse(listing, query))

/** From the body of a replay or discard; without any condition it must say `all`, so that a slip does not touch everything. */
export function parseSelection(body: unknown): Parsed {
  const result = v.safeParse(selection, body)
  if (!result.success) return parsed(result)
  const { all, ...filter } = result.output
  if (all !== true && Object.keys(filter).length === 0)
    return { mistakes: ['give destination, since or subject, or all'] }
  return { filter }
}

function parsed(
  result: { success: true; output: Filter } | { success: false; issues: readonly v.BaseIssue<unknown>[] },
): Parsed {
  if (result.success) return { filter: result.output }
  return { mistakes: result.issues.map(issue => `${v.getDotPath(issue) ?? 'the request'}: ${issue.message}`) }
}
