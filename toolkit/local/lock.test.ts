import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashOf, takeLock } from './lock.ts'

const name = (part: string) => `lock-test-${part}-${process.pid}`

test('the second to ask learns who has the lock, as of now', async () => {
  const self = { pid: 42, url: 'http://localhost:0' }
  const first = await takeLock(name('busy'), self)
  self.url = 'http://localhost:8080'
  assert.deepEqual((await takeLock(name('busy'), { pid: 43, url: '' })).holder, {
    pid: 42,
    url: 'http://localhost:8080',
  })
  first.release?.()
})

test('a released lock can be taken', async () => {
  const first = await takeLock(name('released'), { pid: 1, url: '' })
  first.release?.()
  const second = await takeLock(name('released'), { pid: 2, url: '' })
  assert.equal(second.holder, undefined)
  second.release?.()
})

test('the lock of a killed process is free at once', async () => {
  const program = `const { takeLock } = await import(process.argv[1])
    await takeLock(process.argv[2], { pid: process.pid, url: '' })
    console.log('taken')`
  const args = ['--input-type=module', '-e', program, join(import.meta.dirname, 'lock.ts'), name('killed')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  assert.equal((await takeLock(name('killed'), { pid: 1, url: '' })).holder?.pid, child.pid)
  child.kill('SIGKILL')
  await once(child, 'close')
  const lock = await takeLock(name('killed'), { pid: 1, url: '' })
  assert.equal(lock.holder, undefined)
  lock.release?.()
})

test('names that differ only beyond 80 characters do not share a lock by their hash', () => {
  assert.notEqual(hashOf('/home/a/checkout'), hashOf('/home/b/checkout'))
})
