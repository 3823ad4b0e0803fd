import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../exec.ts'
import { createFolder } from '../testing/folder.ts'
import { writeProgramImage } from './image-tar.ts'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

test('an image of one program, the same bytes each time', async t => {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const path = (name: string) => join(folder.path, name)
  const tar = async (...args: string[]) => assert.equal((await run('tar', args)).code, 0)
  await writeFile(path('sleeper'), 'a program')
  await chmod(path('sleeper'), 0o755)
  const what = { image: 'localhost/sleeper:1', program: path('sleeper'), user: '65535:65535' }
  for (const name of ['one.tar', 'two.tar'])
    await writeProgramImage({ ...what, to: path(name) }, { env: process.env, signal: t.signal })
  await mkdir(path('image'))
  await tar('--extract', '--file', path('one.tar'), '--directory', path('image'))
  const json = async (name: string) => JSON.parse(await readFile(path(`image/${name}`), 'utf8'))
  assert.deepEqual(await json('manifest.json'), [
    { Config: 'config.json', RepoTags: ['localhost/sleeper:1'], Layers: ['layer.tar'] },
  ])
  const config = await json('config.json')
  assert.deepEqual(config.config, { Entrypoint: ['/program'], User: '65535:65535' })
  assert.deepEqual(config.rootfs.diff_ids, [`sha256:${sha256(await readFile(path('image/layer.tar')))}`])
  await tar('--extract', '--file', path('image/layer.tar'), '--directory', path('image'))
  assert.equal(await readFile(path('image/program'), 'utf8'), 'a program')
  assert.equal((await stat(path('image/program'))).mode & 0o777, 0o755)
  const layers: string[] = []
  for (const name of ['one.tar', 'two.tar']) {
    await tar('--extract', '--file', path(name), '--directory', path('image'))
    layers.push(sha256(await readFile(path('image/layer.tar'))))
  }
  assert.equal(layers[0], layers[1])
})
