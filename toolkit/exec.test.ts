import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { run, start } from './exec.ts'

const sh = (script: string, options = {}) => run('/bin/sh', ['-c', script], options)

test('exit code and both outputs come back', async () => {
  assert.deepEqual(await sh('echo out; echo err >&2; exit 3'), { code: 3, stdout: 'out\n', stderr: 'err\n' })
})

test('an end by signal n is code 128 + n', async () => {
  assert.equal((await sh('kill -9 $$')).code, 137)
})

test('lines go to a function instead', async () => {
  const lines: string[] = []
  const result = await sh('echo one; echo two >&2; printf three', { output: (line: string) => lines.push(line) })
  assert.deepEqual(lines.toSorted(), ['one', 'three', 'two'])
  assert.deepEqual(result, { code: 0, stdout: '', stderr: '' })
})

test('a missing program is named', async () => {
  await assert.rejects(run('no-such-program', []), {
    message: 'cannot run no-such-program: there is no such program (or no such working folder)',
  })
})

test('standard input is empty', async () => {
  assert.equal((await sh('cat')).code, 0)
})

test('an abort ends the program and what it started', async () => {
  const stop = new AbortController()
  const result = sh('sleep 1000 & sleep 1000 & echo started; wait', {
    signal: stop.signal,
    output: () => stop.abort(),
  })
  assert.equal((await result).code, 143) // it resolves when every holder of its output has ended
})

test('nothing is started once aborted', async () => {
  await assert.rejects(sh('true', { signal: AbortSignal.abort(new Error('stop')) }), { message: 'stop' })
})

test('a signal after the end is no error', async () => {
  const child = await start('/bin/true', [])
  await child.exited
  child.killGroup('SIGTERM')
  child.kill('SIGTERM')
})

test('a guarded child ends with its killed starter', async () => {
  // The child holds the output of the process that is killed, so the end of that output is its end.
  const program = `const { start } = await import(process.argv[1])
    await start('/bin/sleep', ['1000'], { output: 'inherit', endWithUs: 'SIGTERM' })
    console.log('started')`
  const args = ['--input-type=module', '-e', program, join(import.meta.dirname, 'exec.ts')]
  const starter = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(starter.stdout, 'data')
  starter.kill('SIGKILL')
  await once(starter.stdout, 'close')
})
