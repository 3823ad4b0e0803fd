import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCommand } from './migrate-command.ts'

test('up, status and down are understood', () => {
  assert.deepEqual(parseCommand(['up']), { kind: 'up' })
  assert.deepEqual(parseCommand(['status']), { kind: 'status' })
  assert.deepEqual(parseCommand(['down']), { kind: 'down', count: 1, yes: false })
  assert.deepEqual(parseCommand(['down', '--yes', '12']), { kind: 'down', count: 12, yes: true })
})

const wrong = [
  '',
  'UP',
  'up 1',
  'up --yes',
  'status now',
  'down 0',
  'down -1',
  'down 1.5',
  'down all',
  'down 1 2',
  'down --force',
  'create x',
]
for (const line of wrong) {
  test(`"${line}" is wrong use`, () =>
    assert.equal(parseCommand(line.split(' ').filter(word => word !== '')), undefined))
}
