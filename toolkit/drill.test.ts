import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drill } from './drill.ts'
import { UsageError } from './step.ts'

async function run(t: { signal: AbortSignal }, ...args: string[]) {
  const lines: string[] = []
  const context = { root: '/nonexistent', env: {}, signal: t.signal, hurry: t.signal }
  const code = await drill.run(args, { ...context, print: line => lines.push(line) })
  return { code, lines }
}

test('--list says what each drill breaks, and why some alerts have none', async t => {
  const { code, lines } = await run(t, '--list')
  assert.equal(code, 0)
  assert.ok(lines.includes('TargetDown                     when the service is stopped'), lines.join('\n'))
  assert.ok(lines.includes('DatabaseGone                   when the database is stopped (ErrorBudgetBurnFast)'))
  assert.ok(lines.some(line => line.startsWith('FairleadDeliveryDown           it is about one instance of several')))
})

const refused: [args: string[], message: string][] = [
  [[], 'name an alert, or --all; --list says what there is'],
  [['TargetDwn'], 'there is no drill "TargetDwn"; did you mean TargetDown?'],
  [['--all', 'TargetDown'], 'give names or --all, not both'],
  [['--al'], 'unknown option --al; did you mean --all?'],
  [['--all', '--factor', '0'], '--factor: expected a whole number from 1 to 999, got "0"'],
  [['--all', '--factor', 'fast'], '--factor: expected a whole number from 1 to 999, got "fast"'],
]
for (const [args, message] of refused) {
  test(`refused: ${args.join(' ') || 'nothing'}`, async t => {
    await assert.rejects(run(t, ...args), new UsageError(message))
  })
}
