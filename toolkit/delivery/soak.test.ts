import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createSoak } from '../soak/create.ts'
import { UsageError } from '../step.ts'
import { createFolder } from '../testing/folder.ts'
import { deliveryLoops } from './soak.ts'

const soak = createSoak(deliveryLoops)

/** Runs the step over loops that say what they were given, one of which may fail. */
async function run(t: TestContext, args: string[], failing = '') {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  await mkdir(join(folder.path, 'delivery'))
  for (const name of ['crash', 'heap']) {
    const text = `console.log('${name}', process.env.SOAK_KILLS ?? process.env.SOAK_EVENTS)\n`
    const end = name === failing ? 'process.exitCode = 1\n' : ''
    await writeFile(join(folder.path, `delivery/${name}.copy.test.ts`), text + end)
  }
  const lines: string[] = []
  const context = { root: folder.path, env: process.env, signal: t.signal, hurry: t.signal }
  const code = await soak.run(args, { ...context, print: line => lines.push(line) })
  return { code, lines: lines.map(line => line.replace(/ +\d+\.\d s$/, '')) }
}

test('every loop runs in full, and the last lines say how each ended', async t => {
  const { code, lines } = await run(t, [])
  assert.deepEqual(lines, ['== crash', 'crash 200', '== heap', 'heap 100000', 'passed  crash', 'passed  heap'])
  assert.equal(code, 0)
})

test('a loop that fails does not keep the others from running', async t => {
  const { code, lines } = await run(t, ['--kills', '3', '--events', '5'], 'crash')
  assert.deepEqual(lines, ['== crash', 'crash 3', '== heap', 'heap 5', 'FAILED  crash', 'passed  heap'])
  assert.equal(code, 1)
})

test('--only runs one', async t => {
  const { lines } = await run(t, ['--only', 'heap'])
  assert.deepEqual(lines, ['== heap', 'heap 100000', 'passed  heap'])
})

const refused: [args: string[], message: string][] = [
  [['--only', 'crahs'], '--only: there is no part "crahs"; did you mean crash?'],
  [['--only', 'sleep'], '--only: there is no part "sleep"; there are crash, heap'],
  [['--kills', '0'], '--kills: expected a whole number from 1, got "0"'],
  [['--events', 'many'], '--events: expected a whole number from 1, got "many"'],
  [['--kils', '2'], 'unknown option --kils; did you mean --kills?'],
]
for (const [args, message] of refused) {
  test(`refused: ${args.join(' ')}`, async t => {
    await assert.rejects(run(t, args), new UsageError(message))
  })
}
