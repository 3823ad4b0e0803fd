import * as v from 'valibot'
import type { Filter, Page } from '../outbox/outbox.ts'

const states = ['pending', 'leased', 'parked', 'delivered', 'dead', 'discarded'] as const

/** No state of a delivery: asks for the messages that have none, because no rule chose them. */
const UNMATCHED = 'unmatched'
const listed = [...states, UNMATCHED] as const

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
  state: v.exactOptional(v.picklist(listed, `expected one of ${listed.join(', ')}`)),
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

type Mistaken = { mistakes: string[]; filter?: undefined; page?: undefined }
type Selected = { filter: Filter; page?: undefined; mistakes?: undefined }
type Unmatched = { page: Page; filter?: undefined; mistakes?: undefined }

/** From the query of a listing. */
export function parseListing(query: Record<string, string>): Selected | Unmatched | Mistaken {
  const result = v.safeParse(listing, query)
  if (!result.success) return mistaken(result.issues)
  const { state, destination, ...page } = result.output
  if (state === UNMATCHED) {
    return destination === undefined ? { page } : { mistakes: ['destination: an unmatched message has none'] }
  }
  return { filter: { ...page, ...(state && { state }), ...(destination !== undefined && { destination }) } }
}

/** From the body of a replay or discard; without any condition it must say `all`, so that a slip does not touch everything. */
export function parseSelection(body: unknown): Selected | Mistaken {
  const result = v.safeParse(selection, body)
  if (!result.success) return mistaken(result.issues)
  const { all, ...filter } = result.output
  if (all !== true && Object.keys(filter).length === 0)
    return { mistakes: ['give destination, since or subject, or all'] }
  return { filter }
}

const mistaken = (issues: readonly v.BaseIssue<unknown>[]): Mistaken => ({
  mistakes: issues.map(issue => `${v.getDotPath(issue) ?? 'the request'}: ${issue.message}`),
})
