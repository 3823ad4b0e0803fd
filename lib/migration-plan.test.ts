import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrationStates, planDown, planUp } from './migration-plan.ts'

const name = (letter: string) => `2026112010000${'abcdef'.indexOf(letter)}_${letter}`
const files = (letters: string) =>
  [...letters].map(each => ({ name: name(each), up: '', down: '', checksums: { up: `sum of ${each}`, down: '' } }))
const appliedAt = new Date(0)
/** Upper case: this database ran another text. */
const ran = (letters: string) =>
  [...letters].map(each => {
    const lower = each.toLowerCase()
    return { name: name(lower), appliedAt, checksum: each === lower ? `sum of ${each}` : 'another' }
  })
const outcome = (plan: ReturnType<typeof planUp>) =>
  plan.kind === 'run' ? plan.migrations.map(each => each.name.slice(-1)).join('') : plan.kind

const ups: [files: string, applied: string, expected: string][] = [
  ['', '', 'nothing'],
  ['abc', '', 'abc'],
  ['abc', 'a', 'bc'],
  ['abc', 'abc', 'nothing'],
  ['ab', 'abc', 'nothing'], // an older version meets a newer database
  ['', 'a', 'nothing'],
  ['abc', 'ac', 'refused'], // b came late, from another branch
  ['abd', 'abc', 'refused'], // two versions that never met
  ['abc', 'A', 'refused'],
  ['ab', 'aB', 'refused'],
]
for (const [have, applied, expected] of ups) {
  test(`up with files "${have}" on a database that ran "${applied}": ${expected}`, () => {
    assert.equal(outcome(planUp(files(have), ran(applied))), expected)
  })
}

const downs: [files: string, applied: string, count: number, expected: string][] = [
  ['abc', 'abc', 1, 'c'],
  ['abc', 'cab', 2, 'cb'],
  ['abc', 'ab', 9, 'ba'],
  ['abc', '', 1, 'nothing'],
  ['abc', 'aB', 1, 'b'], // to start over after an edit
  ['ab', 'abc', 1, 'refused'],
  ['ac', 'abc', 2, 'refused'],
  ['ac', 'abc', 1, 'c'],
]
for (const [have, applied, count, expected] of downs) {
  test(`down ${count} with files "${have}" on a database that ran "${applied}": ${expected}`, () => {
    assert.equal(outcome(planDown(files(have), ran(applied), count)), expected)
  })
}

test('a refusal names the migration and says what to do', () => {
  const reason = (plan: ReturnType<typeof planUp>) => (plan.kind === 'run' ? '' : plan.reason)
  assert.match(reason(planUp(files('ab'), ran('A'))), /another text of 20261120100000_a\.up\.sql; restore/)
  assert.match(reason(planUp(files('abc'), ran('ac'))), /_b comes before .*_c, .* later timestamp/)
  assert.match(reason(planUp(files('abd'), ran('abc'))), /ran .*_c, which this version does not have, and lacks .*_d/)
  assert.match(reason(planUp(files('a'), ran('abc'))), /the database is ahead: .*_b, .*_c/)
  assert.match(reason(planDown(files('a'), ran('ab'), 1)), /does not have .*_b; run down from the version that has it/)
})

test('a migration that something else applied, without a checksum, is trusted', () => {
  const applied = [{ name: name('a'), appliedAt, checksum: undefined }]
  assert.equal(outcome(planUp(files('ab'), applied)), 'b')
})

test('states: applied, edited, pending, unknown', () => {
  assert.deepEqual(migrationStates(files('abd'), ran('aBc')), [
    { name: name('a'), state: 'applied', appliedAt },
    { name: name('b'), state: 'edited', appliedAt },
    { name: name('c'), state: 'unknown', appliedAt },
    { name: name('d'), state: 'pending' },
  ])
})
