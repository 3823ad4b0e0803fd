import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readTargets } from './image/images.ts'
import { image } from './image.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFile(join(root, file), 'utf8')

test('a target that Dockerfile does not have is refused with the nearest', async t => {
  assert.equal((await readTargets(root))[0], 'service')
  const context = { root, env: {}, signal: t.signal, hurry: t.signal, print: () => {} }
  await assert.rejects(image.run(['servce'], context), {
    name: 'UsageError',
    message: 'Dockerfile has no target "servce"; did you mean service?',
  })
})

test('base images are pinned by digest, and the user is a number', async () => {
  const text = await read('Dockerfile')
  const bases = [...text.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm)].map(([, base = '']) => base)
  assert.equal(bases.length, 2)
  for (const base of bases) assert.match(base, /^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
  assert.match(text, /^USER \d+:\d+$/m)
})

test('the Dockerfile needs no frontend from a registry, which a machine without one could not get', async () => {
  assert.doesNotMatch(await read('Dockerfile'), /^# *syntax *=|<<-?['"]?[A-Z]|--link/im)
})

test('only what is named goes to the engine: no .env, no .git, no node_modules', async () => {
  const [first, ...rules] = (await read('.dockerignore'))
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  assert.equal(first, '*')
  assert.deepEqual(
    rules.filter(rule => /^!(\.|node_modules|\*)/.test(rule)),
    [],
  )
})
