import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseVex, vexFile } from './vex.ts'

const now = new Date('2026-11-21T12:00:00Z')

const statement = {
  vulnerability: { name: 'CVE-2021-44906' },
  products: [{ '@id': 'pkg:npm/minimist@1.2.5' }],
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  impact_statement: 'No argument of ours comes from outside.',
  status_notes: 'Accepted until 2027-02-28 by the owners of the service.',
}

const document = (...statements: object[]) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex',
  author: 'acme/shop',
  timestamp: '2026-11-21T00:00:00Z',
  version: 1,
  statements,
})

const parse = (value: object, at = now) => parseVex(JSON.stringify(value), at)

test('a statement says what is accepted, why and until when', () => {
  assert.deepEqual(parse(document(statement)), [
    {
      id: 'CVE-2021-44906',
      products: ['pkg:npm/minimist@1.2.5'],
      reason: 'No argument of ours comes from outside.',
      until: '2027-02-28',
    },
  ])
})

test('the document of this repository is in order', async () => {
  const text = await readFile(join(import.meta.dirname, '../..', vexFile), 'utf8')
  assert.deepEqual(parseVex(text, now), [])
})

test('the last day counts whole, and the next does not', () => {
  assert.equal(parse(document(statement), new Date('2027-02-28T23:59:59Z')).length, 1)
  assert.throws(() => parse(document(statement), new Date('2027-03-01T00:00:00Z')), {
    message: `${vexFile}: CVE-2021-44906 was accepted until 2027-02-28, which is over: upgrade the package, or look at it again and move the day`,
  })
})

const without = (key: string) => Object.fromEntries(Object.entries(statement).filter(([name]) => name !== key))

const refused: [what: string, statement: object, said: RegExp][] = [
  [
    'without a reason',
    without('impact_statement'),
    /statements\.0\.impact_statement: expected the reason, in words, and it is missing$/,
  ],
  ['with an empty reason', { ...statement, impact_statement: '          ' }, /impact_statement: expected the reason/],
  ['without an end', without('status_notes'), /status_notes: expected .*, and it is missing$/],
  ['whose note has no end', { ...statement, status_notes: 'for now' }, /status_notes: expected the last day of it/],
  [
    'that ends on no day',
    { ...statement, status_notes: 'until 2027-02-30' },
    /expected a day of the calendar, got "until 2027-02-30"/,
  ],
  [
    'for ever',
    { ...statement, status_notes: 'until 2999-12-31' },
    /expected an end within 366 days, got "until 2999-12-31"/,
  ],
  ['with a status nobody knows', { ...statement, status: 'fine' }, /status: expected not_affected, .*, got "fine"$/],
  ['with a status that accepts nothing', { ...statement, status: 'under_investigation' }, /got "under_investigation"$/],
  ['about no package', { ...statement, products: [] }, /products: expected one package at least/],
  [
    'about a package without a purl',
    { ...statement, products: [{ '@id': 'minimist' }] },
    /@id: expected a package such as pkg:npm/,
  ],
  ['without an id', { ...statement, vulnerability: { name: '' } }, /vulnerability\.name: expected an id such as CVE/],
  [
    'with a label nobody knows',
    { ...statement, justification: 'trust_me' },
    /justification: expected one of component_not_present/,
  ],
  [
    'with a key nobody knows',
    { ...statement, expires: '2027-01-01' },
    /statements\.0\.expires: unknown key; take it out$/,
  ],
]

for (const [what, wrong, said] of refused) {
  test(`a statement ${what} is refused`, () => assert.throws(() => parse(document(wrong)), { message: said }))
}

test('every mistake is told at once, and a good statement saves no bad one', () => {
  const over = { ...statement, vulnerability: { name: 'CVE-2020-1' }, status_notes: 'until 2026-01-01' }
  const far = { ...statement, vulnerability: { name: 'CVE-2020-2' }, status_notes: 'until 2030-01-01' }
  assert.throws(() => parse(document(statement, over, far)), {
    message: /CVE-2020-1 was accepted.*; CVE-2020-2: expected/,
  })
})

test('what is no document of this format is refused', () => {
  assert.throws(() => parseVex('{', now), { message: /vex\.openvex\.json: expected JSON/ })
  assert.throws(() => parse({ ...document(), '@context': 'https://openvex.dev/ns/v0.0.1' }), {
    message: /@context: expected/,
  })
})
