import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram } from '../../../lib/test-process.ts'

const program = join(import.meta.dirname, 'flagd.ts')

test('the stand-in for flagd refuses what it does not do', async t => {
  const flagd = runProgram(t, [program, 'start', '--port', '1'], {})
  assert.deepEqual(await flagd.exited, { code: 2, signal: null })
  assert.equal(flagd.stderr(), 'flagd (stand-in): expected "start --uri file:<path>", got "start --port 1"\n')
})
