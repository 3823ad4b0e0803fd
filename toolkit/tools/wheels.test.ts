import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readRequirements, wheelPins } from './wheels.ts'

const root = join(import.meta.dirname, '../..')

for (const { name } of wheelPins) {
  test(`${name}: requirements.txt has a hash for each package, and the release that requirements.in asks for`, async () => {
    const [asked = '', locked = ''] = await Promise.all(
      ['requirements.in', 'requirements.txt'].map(file => readFile(join(root, 'third-party', name, file), 'utf8')),
    )
    assert.match(asked, new RegExp(`^${name}==${readRequirements(locked, name)}$`, 'm'))
  })
}

const hash = `--hash=sha256:${'0'.repeat(64)}`

test('comments, markers and several hashes', () => {
  const text = `# by hand\n\na==2.0 \\\n    ${hash} \\\n    ${hash}\nb-c==1.2.3 ; python_version < '3.13' \\\n    ${hash}\n`
  assert.equal(readRequirements(text, 'a'), '2.0')
  assert.equal(readRequirements(text, 'b-c'), '1.2.3')
})

const refused: [what: string, text: string, got: string][] = [
  ['no hash', `a==1.0\nb==1.0 ${hash}\n`, 'a==1.0'],
  ['a hash only in a comment', `a==1.0 # ${hash}\n`, `a==1.0 # ${hash}`],
  ['no exact release', `a>=1.0 ${hash}\n`, `a>=1.0 ${hash}`],
  ['another index', `--index-url https://example.org/\na==1.0 ${hash}\n`, '--index-url https://example.org/'],
  ['a file from the network', `https://example.org/a.whl ${hash}\n`, `https://example.org/a.whl ${hash}`],
]

for (const [what, text, got] of refused) {
  test(`refused: ${what}`, () => {
    assert.throws(() => readRequirements(text, 'a'), {
      message: `requirements.txt: expected "<name>==<release> --hash=sha256:…", got "${got}"`,
    })
  })
}

test('refused: the tool itself is not in the list', () => {
  assert.throws(() => readRequirements(`b==1.0 ${hash}\n`, 'a'), {
    message: 'requirements.txt: expected a line "a==<release>"',
  })
})
