import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { bench } from '../bench.ts'

const root = join(import.meta.dirname, '../..')

test('a short run of the delivery plane measures each group', { skip: process.platform !== 'linux' }, async t => {
  const lines: string[] = []
  const context = { root, env: {}, signal: t.signal, hurry: t.signal, print: (line: string) => void lines.push(line) }
  const args = ['delivery', '--quick', '--seconds', '0.2', '--connections', '16']
  assert.equal(await bench.run(args, context), 0)

  const text = lines.join('\n')
  assert.deepEqual(
    lines.filter(line => /^(?!messages )\S.* \d+(\.\d+)? {2}/.test(line)).map(line => line.split('  ')[0]),
    [
      ...['no disk', 'SQLite', 'SQLite, and delivers'],
      ...['as it is', '5 ms longer'],
      ...['instant', '200 ms', '11 s'],
      ...['a bare client', 'the dispatcher'],
      ...['bare node', 'node delivery/main.ts', 'the bundle'],
      ...['1000', '10000'],
    ],
  )
  assert.match(text, /^A backlog of 2000: \d+ per second/m)
  assert.doesNotMatch(text, /NaN|Infinity/)
  assert.equal(text.match(/[<>]= [\d.]+: (not )?met/g)?.length, 5)
})
