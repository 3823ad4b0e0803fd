import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createContext } from '../testing/context.ts'
import { createFolder } from '../testing/folder.ts'
import { saveImage } from '../testing/saved-image.ts'
import { readSaved } from './saved.ts'
import { clampTimes, setTimes } from './set-times.ts'

const at = new Date('2026-11-20T10:00:00Z')
const config = (created: string) => ({
  created,
  config: { Labels: { a: 'b' } },
  history: [
    { created: '2026-01-01T00:00:00.123Z', created_by: 'the base' },
    { created, created_by: 'COPY' },
    { empty_layer: true },
  ],
})

test('what is later than the commit becomes its time; the base, and all else, stays', () => {
  const clamped = clampTimes(JSON.stringify(config('2026-11-21T00:00:00.5Z')), at)
  assert.deepEqual(JSON.parse(clamped), config('2026-11-20T10:00:00.000Z'))
  assert.equal(clampTimes(clamped, at), clamped)
  assert.equal(clampTimes(JSON.stringify(config('2026-11-22T12:00:00Z')), at), clamped, 'built again it is the same')
})

test('an archive that is written again is an image with the same layers and labels, and the id of what it says now', async () => {
  await using folder = await createFolder()
  const context = createContext({ root: folder.path })
  const [one, two] = [join(folder.path, 'one.tar'), join(folder.path, 'two.tar')]
  await saveImage(one, new Map([['app/main.js', 'a']]), { a: 'b' })
  await copyFile(one, two)
  const before = await readSaved('one.tar', context)
  await setTimes(one, new Date('1969-12-31T00:00:00Z'), context)
  const after = await readSaved('one.tar', context)
  assert.notEqual(after.id, before.id)
  assert.deepEqual(after.labels, { a: 'b' })
  await setTimes(two, new Date('1969-12-31T00:00:00Z'), context)
  assert.deepEqual(await readSaved('two.tar', context), after)
})
