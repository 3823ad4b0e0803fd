import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions } from './options.ts'
import { UsageError } from './step.ts'

const options = { name: { type: 'string' }, 'no-database': { type: 'boolean' } } as const

test('options and positionals are read', () => {
  const { values, positionals } = parseOptions(['--name', 'shop', 'up'], options, { allowPositionals: true })
  assert.equal(values.name, 'shop')
  assert.deepEqual(positionals, ['up'])
})

for (const [args, message] of [
  [['--no-databse'], 'unknown option --no-databse; did you mean --no-database?'],
  [['--nam=x'], 'unknown option --nam; did you mean --name?'],
  [['-q'], 'unknown option -q'],
  [['--completely-different-thing'], 'unknown option --completely-different-thing'],
  [['--name'], "Option '--name <value>' argument missing"],
  [['--no-database=1'], "Option '--no-database' does not take an argument"],
  [['up'], "Unexpected argument 'up'"],
] as const) {
  test(`${args} is wrong use: ${message}`, () => {
    assert.throws(() => parseOptions([...args], options), new UsageError(message))
  })
}
