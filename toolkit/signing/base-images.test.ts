import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findBaseImages } from './base-images.ts'

const digest = `sha256:${'0a'.repeat(32)}`

test('every base image of this Dockerfile has a digest', async () => {
  const found = findBaseImages(await readFile(join(import.meta.dirname, '../../Dockerfile'), 'utf8'), {})
  assert.ok(found.length >= 2, 'the walk misses stages')
  for (const { name, digest } of found) assert.match(`${name} ${digest}`, /^\S+ sha256:[0-9a-f]{64}$/)
})

const files: [what: string, dockerfile: string, env: NodeJS.ProcessEnv, found: ReturnType<typeof findBaseImages>][] = [
  ['a name', 'FROM a', {}, [{ name: 'a' }]],
  ['a digest', `FROM a:1@${digest} AS x`, {}, [{ name: 'a:1', digest }]],
  ['an argument', `ARG A=a@${digest}\nFROM --platform=$BUILDPLATFORM \${A} AS x`, {}, [{ name: 'a', digest }]],
  ['an argument of the environment', `ARG A=a@${digest}\nFROM $A`, { A: 'mine' }, [{ name: 'mine' }]],
  ['a stage is no base image', 'FROM a AS x\nFROM x\nfrom x as y\nFROM y', {}, [{ name: 'a' }]],
  ['scratch is none', 'FROM scratch', {}, []],
  ['one that is used twice', 'FROM a\nFROM a AS x', {}, [{ name: 'a' }]],
  ['an argument of a stage', 'ARG A=a\nFROM $A\nARG A=b\nFROM $A', {}, [{ name: 'a' }]],
  ['a line that goes on', 'FROM \\\n  a \\\n  AS x', {}, [{ name: 'a' }]],
]
for (const [what, dockerfile, env, found] of files) {
  test(what, () => assert.deepEqual(findBaseImages(dockerfile, env), found))
}
