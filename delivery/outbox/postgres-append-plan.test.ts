import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch, message, T } from './contract/sample.ts'
import type { NewMessage } from './outbox.ts'
import { planAppend } from './postgres-append-plan.ts'
import type { KnownRows } from './postgres-append-statement.ts'

const nothing: KnownRows = { messages: [], keys: [] }
/** The body that the ledger would hold of it. */
const stored = (each: NewMessage, sequence: number) => {
  const [row] = planAppend([{ batch: batch([each]), now: T }], nothing).messages
  return { id: each.id, sequence, body: row?.body ?? '' }
}
const once = (key: string) => ({ once: { key, forMs: 1000 } })
const key = (takenAt: number) => ({ key: 'k', id: 'first', sequence: 5, takenAt, expiresAt: takenAt + 1000 })
const [a, b, c] = ['a', 'b', 'c'].map(id => message(id)) as [NewMessage, NewMessage, NewMessage] // three of three

/** Per batch the answers, `*` for a duplicate, or `refused`; then what is written. */
const plans: [what: string, ledger: KnownRows, batches: NewMessage[][], answers: string[], written: string][] = [
  ['new ones', nothing, [[a, b], [c]], ['a b', 'c'], 'a b c'],
  ['a twin within a batch', nothing, [[a, a], [b]], ['refused', 'b'], 'b'],
  [
    'the same batch twice in a group',
    nothing,
    [
      [a, b],
      [a, b],
    ],
    ['a b', 'a* b*'],
    'a b',
  ],
  [
    'a batch that overlaps another of its group',
    nothing,
    [
      [a, b],
      [b, c],
    ],
    ['a b', 'refused'],
    'a b',
  ],
  ['what is there as a whole', { messages: [stored(a, 1), stored(b, 2)], keys: [] }, [[a, b]], ['a* b*'], ''],
  ['what is there in part', { messages: [stored(a, 1)], keys: [] }, [[a, b], [c]], ['refused', 'c'], 'c'],
  [
    'an id that is there with another text',
    { messages: [stored(message('a', { text: 'other' }), 1)], keys: [] },
    [[a]],
    ['refused'],
    '',
  ],
  ['a live key', { messages: [], keys: [key(T)] }, [[message('x', once('k')), b]], ['first* b'], 'b'],
  [
    'a key on its last millisecond',
    { messages: [], keys: [key(T - 999)] },
    [[message('x', once('k'))]],
    ['first*'],
    '',
  ],
  ['a key that ran out', { messages: [], keys: [key(T - 1000)] }, [[message('x', once('k'))]], ['x'], 'x'],
  ['a key from a clock far ahead', { messages: [], keys: [key(T + 1001)] }, [[message('x', once('k'))]], ['x'], 'x'],
  [
    'a key from a clock that is a little ahead',
    { messages: [], keys: [key(T + 1000)] },
    [[message('x', once('k'))]],
    ['first*'],
    '',
  ],
  ['rivals within a batch', nothing, [[message('x', once('k')), message('y', once('k'))]], ['x x*'], 'x'],
  ['rivals within a group', nothing, [[message('x', once('k'))], [message('y', once('k')), b]], ['x', 'x* b'], 'x b'],
  [
    'a rival of one that was refused',
    nothing,
    [[a], [message('x', once('k')), a], [message('y', once('k'))]],
    ['a', 'refused', 'y'],
    'a y',
  ],
  [
    'the retry of a batch of which one was a duplicate by its key',
    { messages: [stored(b, 9)], keys: [key(T)] },
    [[message('x', once('k')), b]],
    ['first* b*'],
    '',
  ],
]
for (const [what, ledger, batches, answers, written] of plans) {
  test(`an append of ${what}`, () => {
    const plan = planAppend(
      batches.map(messages => ({ batch: batch(messages), now: T })),
      ledger,
    )
    const sequences = new Map(plan.messages.map(({ id, ordinal }) => [id, ordinal]))
    const said = plan.verdicts.map(verdict => {
      if (verdict.kind === 'refused') return 'refused'
      const appended = verdict.answers.map(answer => answer(sequences))
      return appended.map(({ id, duplicate }) => `${id}${duplicate ? '*' : ''}`).join(' ')
    })
    assert.deepEqual(said, answers)
    assert.equal(plan.messages.map(({ id }) => id).join(' '), written)
  })
}

test('a refused batch leaves its state out, and so does a retry; of the others the last entry of a key stands', () => {
  const state = (value: number) => [{ scope: 's', key: 'k', bytes: new Uint8Array([value]) }]
  const batches = [batch([a], state(1)), batch([b], state(2)), batch([a, c], state(3)), batch([a], state(1))]
  const { states } = planAppend(
    batches.map(each => ({ batch: each, now: T })),
    nothing,
  )
  assert.deepEqual(states, [{ scope: 's', key: 'k', bytes: 'Ag==' }])
})
