import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPushover } from '../testing/pushover.ts'
import { countCharacters } from './text.ts'

const long = [
  ['39,000 letters', 'x'.repeat(39_000)],
  ['39,000 ships', '🚢'.repeat(39_000)],
  ['a ship across the limit', `${'x'.repeat(1)}${'🚢'.repeat(2000)}`],
  ['halves of pairs', '\ud83d'.repeat(3000)],
] as const
for (const [what, text] of long) {
  test(`${what} are cut to 1,024 characters with the marker, the link and the object at the end`, async t => {
    const { send, form } = await startPushover(t)
    await send({ text, count: 22 })
    const { message = '' } = form()
    assert.equal(countCharacters(message), 1024)
    assert.ok(message.isWellFormed() && !message.includes('\ufffd'.repeat(2000)))
    assert.ok(
      message.endsWith(
        '… (cut) https://git.example/apps/commit/0a1b2c3d\nKustomization/apps/web\nkustomize-controller\nmain@sha1:0a1b2c3d',
      ),
    )
  })
}

test('every field stays within its limit, whatever comes in', async t => {
  const { send, form } = await startPushover(t)
  const huge = '🚢'.repeat(5000)
  await send({
    ...{
      text: huge,
      title: huge,
      reason: huge,
      controller: huge,
      revision: huge,
      link: `https://x/${'a'.repeat(501)}`,
    },
    subject: { kind: huge, namespace: huge, name: huge },
  })
  const { title = '', message = '', url_title = '', url = '' } = form()
  assert.deepEqual([title, message, url_title].map(countCharacters), [250, 1024, 100])
  assert.equal(url.length, 511)
})

test('a link that does not fit, or is none, is left out', async t => {
  const { send, form } = await startPushover(t)
  for (const link of [`https://x/${'a'.repeat(503)}`, 'not a link']) {
    await send({ link, text: 'x'.repeat(2000) })
    assert.deepEqual([form().url, form().url_title], [undefined, undefined])
    assert.match(form().message ?? '', /… \(cut\)\nKustomization/)
  }
})

test('a text of exactly the room there is stays whole; one character more is cut', async t => {
  const { send, form } = await startPushover(t)
  await send({ text: 'x' })
  const room = 1024 - countCharacters(form().message ?? '') + 1
  await send({ text: 'x'.repeat(room) })
  assert.equal(countCharacters(form().message ?? ''), 1024)
  assert.ok(!form().message?.includes('(cut)'))
  await send({ text: 'x'.repeat(room + 1) })
  assert.equal(countCharacters(form().message ?? ''), 1024)
  assert.ok(form().message?.includes('(cut)'))
})

test('an empty text and an empty title leave a message', async t => {
  const { send, form } = await startPushover(t)
  await send({ text: '', title: ' ' })
  assert.equal(form().title, 'ReconciliationFailed')
  assert.match(form().message ?? '', /^error: ReconciliationFailed\nKustomization/)
})
