import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meanOf } from './delivery-commits.ts'

const exposition = 'commit_messages_bucket{le="+Inf"} 4\ncommit_messages_sum 90\ncommit_messages_count 4\n'

test('the mean of a histogram is its sum by its count', () => assert.equal(meanOf(exposition, 'commit_messages'), 22.5))

test('a histogram that is not there is an error', () => {
  assert.throws(() => meanOf(exposition, 'messages'), /no messages_sum/)
})
