import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pull } from './pull.ts'

const reference = 'postgres:18'

/** A docker command whose engine has the image or not, and whose pull ends like this. */
function docker(has: boolean, ends: { code: number; says?: string }) {
  const calls: string[] = []
  return {
    calls,
    call: async (args: string[], { output }: { output: (line: string) => void }) => {
      calls.push(args[0] ?? '')
      const isPull = args[0] === 'pull'
      if (isPull && ends.says) output(ends.says)
      return { code: isPull ? ends.code : Number(!has), stdout: '', stderr: '' }
    },
  }
}

test('an image that the engine has is not pulled', async t => {
  const { calls, call } = docker(true, { code: 1 })
  assert.equal(await pull(call, reference, t.signal), undefined)
  assert.deepEqual(calls, ['image'])
})

test('one that it has not is pulled', async t => {
  const { calls, call } = docker(false, { code: 0, says: 'Status: Downloaded newer image' })
  assert.equal(await pull(call, reference, t.signal), undefined)
  assert.deepEqual(calls, ['image', 'pull'])
})

for (const says of [
  'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host',
  'Get "https://gcr.io/v2/": net/http: request canceled while waiting for connection',
]) {
  test(`the registry cannot be reached: ${says}`, async t => {
    const { call } = docker(false, { code: 1, says: `Error response from daemon: ${says}` })
    assert.equal(await pull(call, reference, t.signal), says)
  })
}

for (const says of [
  'Error response from daemon: manifest for postgres:18 not found: manifest unknown: manifest unknown',
  'Error response from daemon: pull access denied for postgres, repository does not exist',
]) {
  test(`a wrong reference is no reason for a stand-in: ${says}`, async t => {
    const { call } = docker(false, { code: 1, says })
    await assert.rejects(pull(call, reference, t.signal), { message: `${reference}: ${says}` })
  })
}
