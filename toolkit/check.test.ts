import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { descendants, parseStat, stillRunning } from './check/npm-start.ts'
import type { CheckPart, Verdict } from './check/parts.ts'
import { check, parseCannotRun, runParts } from './check.ts'

const never = new AbortController().signal

function createContext() {
  const lines: string[] = []
  const print = (line: string) => lines.push(line.replace(/ +[\d.]+ s /, ''))
  return { lines, context: { root: process.cwd(), env: {}, signal: never, hurry: never, print } }
}

const part = (name: string, word: Verdict['word']): CheckPart => ({
  name,
  summary: '',
  run: async () => ({ word, detail: `${name} said so` }),
})

const outcomes: [what: string, parts: CheckPart[], excuses: [string, string][], code: number, lines: string[]][] = [
  ['a part that passed', [part('a', 'passed')], [], 0, ['passed   a a said so']],
  [
    'a part that failed',
    [part('a', 'FAILED'), part('b', 'passed')],
    [],
    1,
    ['FAILED   a a said so', 'passed   b b said so'],
  ],
  ['a part that failed is not excused', [part('a', 'FAILED')], [['a', 'no such tool']], 1, ['FAILED   a a said so']],
  ['a feature that nobody configured', [part('a', 'skipped')], [], 0, ['skipped  a a said so']],
  ['an absent tool', [part('a', 'not run')], [], 1, ['not run  a a said so']],
  [
    'an absent tool that is excused, last',
    [part('a', 'not run'), part('b', 'passed')],
    [['a', 'no such tool']],
    0,
    ['passed   b b said so', 'not run  a a said so; .ci/cannot-run: no such tool'],
  ],
]

for (const [what, parts, excuses, code, lines] of outcomes) {
  test(`${what}: exit ${code}`, async () => {
    const { lines: printed, context } = createContext()
    assert.equal(await runParts(parts, new Map(excuses), context), code)
    assert.deepEqual(
      printed.map(line => line.replace(/^(.{8} \w) +/, '$1 ')),
      lines,
    )
  })
}

test('an unknown part is wrong use and names the nearest', async () => {
  const { context } = createContext()
  await assert.rejects(check.run(['shelcheck'], context), {
    name: 'UsageError',
    message: 'check has no part "shelcheck"; did you mean shellcheck?',
  })
})

test('.ci/cannot-run: a reason for each part', () => {
  const text = '# why\n\naudit: the registry has no such endpoint\n'
  assert.deepEqual([...parseCannotRun(text, ['audit'])], [['audit', 'the registry has no such endpoint']])
})

const mistakes: [text: string, message: string][] = [
  ['audit', '.ci/cannot-run:1: expected "<part>: <reason>", got "audit"'],
  ['\naudit: ', '.ci/cannot-run:2: expected "<part>: <reason>", got "audit: "'],
  ['audits: x', '.ci/cannot-run:1: check has no part "audits"; it has audit'],
]

for (const [text, message] of mistakes) {
  test(`.ci/cannot-run refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseCannotRun(text, ['audit']), { message })
  })
}

test('what a process started is seen while it runs, and not after', async t => {
  const shell = spawn('sh', ['-c', 'sleep 600 & wait'], { stdio: 'ignore', detached: true })
  await once(shell, 'spawn')
  const group = -(shell.pid ?? assert.fail('sh did not start'))
  t.after(() => shell.exitCode ?? shell.signalCode ?? process.kill(group, 'SIGKILL'))
  const below = async () => (await descendants(process.pid)).filter(each => ['sh', 'sleep'].includes(each.command))
  while (!(await below()).some(each => each.command === 'sleep')) await new Promise(setImmediate)
  const family = await below()
  assert.deepEqual(
    family.map(each => each.command),
    ['sh', 'sleep'],
  )
  assert.deepEqual(await stillRunning(family), family)
  process.kill(group, 'SIGKILL')
  await once(shell, 'close')
  while ((await stillRunning(family)).length > 0) await new Promise(setImmediate) // its new parent has to take notice
})

test('a command may hold spaces and brackets, and a zombie has ended', () => {
  const fields = Array.from({ length: 17 }, () => '0').join(' ')
  assert.deepEqual(parseStat(`7 (a) b) S 3 ${fields} 4711 0\n`), [
    { pid: 7, parent: 3, command: 'a) b', startedAt: '4711' },
  ])
  assert.deepEqual(parseStat(`7 (a) Z 3 ${fields} 4711 0\n`), [])
})
