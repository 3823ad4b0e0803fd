import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startDelivery } from '../testing/delivery.ts'
import { fluxEvent } from '../testing/flux-event.ts'
import { temporaryFolder } from '../testing/process.ts'

const OLD = 's3cr3t-old-token-0001'
const NEW = 's3cr3t-new-token-0001'

/** Files with an old and a new secret, and a delivery plane whose source reads those that `fields` of them names. */
async function start(t: TestContext, fields: (old: string, next: string) => string) {
  const folder = temporaryFolder(t)
  const files = { old: join(folder, 'old'), next: join(folder, 'next') }
  writeFileSync(files.old, `${OLD}\n`)
  writeFileSync(files.next, `${NEW}\n`)
  const fileWith = (how: typeof fields) =>
    `sources: { flux: { type: flux, ${how(`{ file: '${files.old}' }`, `{ file: '${files.next}' }`)} } }\ndestinations: {}\n`
  const started = await startDelivery(t, { file: fileWith(fields) })
  const send = async (headers: Record<string, string>) => {
    const body = JSON.stringify(fluxEvent())
    const sent = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }
    return (await fetch(`${started.url}/webhook`, sent)).status
  }
  const signature = (key: string) => createHmac('sha256', key).update(JSON.stringify(fluxEvent())).digest('hex')
  return {
    ...{ files, ready: started.ready, again: (how: typeof fields) => started.reload(fileWith(how)) },
    bearers: async () => [
      await send({ authorization: `Bearer ${OLD}` }),
      await send({ authorization: `Bearer ${NEW}` }),
    ],
    signed: async () => [
      await send({ 'x-signature': `sha256=${signature(OLD)}` }),
      await send({ 'x-signature': `sha256=${signature(NEW)}` }),
    ],
  }
}

test('a token is replaced without refusing a sender: the old one, both, the new one', async t => {
  const { again, bearers } = await start(t, old => `token: ${old}`)
  const seen = [await bearers()]
  await again((old, next) => `token: [${next}, ${old}]`)
  seen.push(await bearers())
  await again((_, next) => `token: [${next}]`)
  seen.push(await bearers())
  assert.deepEqual(seen, [
    [202, 401],
    [202, 202],
    [401, 202],
  ])
})

test('so is the key of signatures', async t => {
  const { again, signed } = await start(t, (old, next) => `hmacKey: [${old}, ${next}]`)
  const seen = [await signed()]
  await again((_, next) => `hmacKey: ${next}`)
  seen.push(await signed())
  assert.deepEqual(seen, [
    [202, 202],
    [401, 202],
  ])
})

test('a secret of a list that is gone is told, and the other one still lets senders in; without any nobody comes in', async t => {
  const both = (old: string, next: string) => `token: [${old}, ${next}]`
  const { again, bearers, ready, files } = await start(t, both)
  rmSync(files.old)
  await again(both)
  const gone = { statuses: await bearers(), problems: (await ready()).sources.problems }
  rmSync(files.next)
  await again(both)
  assert.deepEqual(gone, {
    statuses: [401, 202],
    problems: [`flux: cannot read the file "${files.old}" (ENOENT)`],
  })
  assert.deepEqual(await bearers(), [401, 401])
})
