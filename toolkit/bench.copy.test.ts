import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { bench } from './bench.ts'

const root = join(import.meta.dirname, '..')

test('a short run measures every server and every program', { skip: process.platform !== 'linux' }, async t => {
  const lines: string[] = []
  const context = { root, env: {}, signal: t.signal, hurry: t.signal, print: (line: string) => void lines.push(line) }
  assert.equal(await bench.run(['--rounds', '1', '--seconds', '0.1', '--connections', '10'], context), 0)

  const rows = lines.filter(line => /^\S.* \d+\.\d\d {2}/.test(line))
  assert.deepEqual(
    rows.map(row => row.split('  ')[0]),
    [
      'bare node:http',
      'bare Hono route',
      '+ metrics',
      '+ flags',
      '+ metrics + flags',
      '+ access log',
      '+ headers',
      '+ ids',
      '+ limits',
      'bare node:http',
      'bare Hono route',
      'whole service',
      'whole, tracing 10 %',
      'bare node',
      'the bundle',
      'the bundle, NODE_COMPILE_CACHE warm',
    ],
  )
  assert.ok(!lines.some(line => line.includes('NaN')), lines.join('\n'))
  const aims = lines.join('\n').match(/[<>]= [\d.]+: (not )?met/g)
  assert.equal(aims?.length, 4)
})
