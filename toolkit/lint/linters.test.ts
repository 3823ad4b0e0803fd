import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotRun } from '../not-run.ts'
import type { Finding } from './finding.ts'
import { type Linter, runLinters } from './linters.ts'

const finding: Finding = { file: 'a: b.ts', line: 3, rule: 'no-x', message: '100% wrong\nindeed' }
const clean: Linter = { name: 'clean', summary: '', run: async () => [] }
const finds: Linter = {
  name: 'finds',
  summary: '',
  run: async () => [finding, { file: 'c.ts', rule: 'y', message: 'z' }],
}
const absent: Linter = { name: 'absent', summary: '', run: () => Promise.reject(new NotRun('there is no absent')) }
const broken: Linter = {
  name: 'broken',
  summary: '',
  run: () => Promise.reject(new Error('broken ended with 2: usage')),
}

function createContext(env: NodeJS.ProcessEnv = {}) {
  const lines: string[] = []
  const { signal } = new AbortController()
  return { lines, context: { root: '/', env, signal, hurry: signal, print: (line: string) => void lines.push(line) } }
}

const outcomes: [what: string, chosen: Linter[], error: Error][] = [
  ['what is found is counted', [clean, finds], new Error('findings, see above: finds 2')],
  ['a linter that broke did not pass', [clean, broken], new Error('broken ended with 2: usage')],
  ['an absent tool is not run', [clean, absent], new NotRun('there is no absent')],
  [
    'what is found is not excused by an absent tool',
    [absent, finds],
    new Error('findings, see above: finds 2; there is no absent'),
  ],
]

for (const [what, chosen, error] of outcomes) {
  test(what, async () => {
    const { context } = createContext()
    await assert.rejects(runLinters(chosen, context), { name: error.name, message: error.message })
  })
}

test('nothing found', async () => {
  const { context, lines } = createContext()
  assert.equal(await runLinters([clean, { ...clean, name: 'other' }], context), 'nothing found by clean, other')
  assert.deepEqual(lines, [])
})

test('on a laptop a finding is a line with its place', async () => {
  const { context, lines } = createContext()
  await assert.rejects(runLinters([finds], context))
  assert.deepEqual(lines, ['a: b.ts:3: 100% wrong\nindeed (no-x)', 'c.ts: z (y)'])
})

test('in GitHub each finding is an annotation at its line, and nothing in it is a command', async () => {
  const { context, lines } = createContext({ GITHUB_ACTIONS: 'true' })
  await assert.rejects(runLinters([finds], context))
  assert.deepEqual(lines, [
    '::error file=a%3A b.ts,line=3,title=no-x::100%25 wrong%0Aindeed (no-x)',
    '::error file=c.ts,title=y::z (y)',
  ])
})
