import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIds } from './ids.ts'

const bytes = (value: number) => (size: number) => new Uint8Array(size).fill(value)

test('an id holds its time, version 7 and the variant of RFC 9562', () => {
  const id = createIds(() => 0x0192_3456_789a, bytes(0xff))()
  assert.equal(id, '01923456-789a-77ff-bfff-ffffffffffff')
})

test('ids of one millisecond sort in the order they were made, beyond the counter, too', () => {
  const next = createIds(() => 1_000_000, bytes(0xff))
  const ids = Array.from({ length: 10_000 }, () => next())
  assert.equal(new Set(ids).size, 10_000)
  assert.deepEqual([...ids].sort(), ids)
})

test('a clock that steps back does not disturb the order', () => {
  const times = [5000, 5001, 10, 20, 5002]
  const next = createIds(() => times.shift() ?? 0, bytes(1))
  const ids = Array.from({ length: 5 }, () => next())
  assert.deepEqual([...ids].sort(), ids)
})
