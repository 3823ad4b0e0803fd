import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countCharacters, createRedactor, cutText, oneLine } from './text.ts'

const ship = '🚢'

const cuts: [text: string, max: number, result: string][] = [
  ['abcd', 4, 'abcd'],
  ['abcde', 4, 'abc…'],
  ['', 4, ''],
  [ship.repeat(4), 4, ship.repeat(4)],
  [ship.repeat(5), 4, `${ship.repeat(3)}…`],
  [`a${ship.repeat(4)}`, 4, `a${ship.repeat(2)}…`],
]
for (const [text, max, result] of cuts) {
  test(`${text} in ${max} is ${result}`, () => assert.equal(cutText(text, max), result))
}

test('the marker is a part of what fits', () => {
  const cut = cutText('x'.repeat(39_000), 1024, '… (cut)')
  assert.equal(countCharacters(cut), 1024)
  assert.ok(cut.endsWith('x… (cut)'))
})

test('every length around the limit stays within it and is well-formed', () => {
  for (let length = 95; length <= 105; length += 1) {
    for (const text of [ship.repeat(length), `a${ship.repeat(length)}`, 'b'.repeat(length)]) {
      const cut = cutText(text, 100)
      assert.ok(countCharacters(cut) <= 100 && cut.isWellFormed())
      assert.equal(cut === text, countCharacters(text) <= 100)
    }
  }
})

test('secrets are hidden in every spelling that an answer may give back', () => {
  const redact = createRedactor(['s3cr3t-"a/b"', 's3cr3t-', ''])
  assert.equal(
    redact('got s3cr3t-"a/b" and s3cr3t-\\"a/b\\" and s3cr3t-%22a%2Fb%22.'),
    'got [secret] and [secret] and [secret].',
  )
})

test('an answer takes one line', () => assert.equal(oneLine(' a\r\n\tb\u0000c '), 'a b c'))
