import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectKey } from '../../message.ts'
import type { Page } from '../outbox.ts'
import { about, batch, DAY, message, messages, type Open, type Opened, T } from './sample.ts'

const nobody = { destinations: [] }
const listed = async ({ outbox }: Pick<Opened, 'outbox'>, page: Page = {}) =>
  (await outbox.listUnmatched(page)).map(each => each.id)

export function unmatchedContract(open: Open): void {
  test('messages that no rule chose are listed oldest first, narrowed by subject and time of occurrence', async t => {
    const opened = await open(t)
    const { outbox } = opened
    const late = { time: '2026-11-20T14:00:00.5+02:00' } // half a second after T
    const written = [
      message('m1', { ...nobody, ...about('web') }),
      message('told', about('web')),
      message('m2', { ...nobody, ...late, ...about('web') }),
      message('m3', { ...nobody, ...about('db') }),
    ]
    const answers = await outbox.append(batch(written), T)
    assert.deepEqual(await listed(opened), ['m1', 'm2', 'm3'])
    const { destinations: _, decisions: __, ...told } = message('m1', about('web'))
    assert.deepEqual((await outbox.listUnmatched({ limit: 1 }))[0], { ...told, sequence: answers[0]?.sequence })
    assert.deepEqual(await listed(opened, { subject: subjectKey(about('web').subject) }), ['m1', 'm2'])
    assert.deepEqual(await listed(opened, { since: '2026-11-20T12:00:00.500Z' }), ['m2'])
    assert.deepEqual(await listed(opened, { since: '2026-11-20T12:00:00.501Z' }), [])
    assert.deepEqual(
      (await outbox.list({})).map(each => each.message.id),
      ['told'],
    )
    assert.deepEqual(await listed({ outbox: await opened.reopen() }), ['m1', 'm2', 'm3'])
  })

  test('their pages go on after the last one, also after a message that was told, and show everything once', async t => {
    const opened = await open(t)
    await opened.outbox.append(batch([...messages(5, nobody), message('told'), ...messages(2, nobody, 'n')]), T)
    const pages: string[][] = []
    for (let after: string | undefined; ; after = pages.at(-1)?.at(-1)) {
      const page = await listed(opened, { limit: 3, ...(after && { after }) })
      if (page.length === 0) break
      pages.push(page)
    }
    assert.deepEqual(pages, [['m0', 'm1', 'm2'], ['m3', 'm4', 'n0'], ['n1']])
    assert.deepEqual(await listed(opened, { after: 'told' }), ['n0', 'n1'])
  })

  test('one of a subject is found behind thousands of others', async t => {
    const opened = await open(t)
    await opened.outbox.append(batch(messages(4500, nobody)), T)
    await opened.outbox.append(batch([message('last', { ...nobody, ...about('web') })]), T)
    assert.deepEqual(await listed(opened, { subject: subjectKey(about('web').subject), limit: 2 }), ['last'])
    assert.equal((await listed(opened)).length, 100)
    assert.equal((await listed(opened, { limit: 5000 })).length, 4501)
  })

  test('what retention removed, what a refused batch held and what was discarded is not among them', async t => {
    const opened = await open(t)
    const { outbox } = opened
    await outbox.append(batch([message('old', nobody), message('told')]), T)
    assert.equal(await outbox.discard({ messageId: 'told' }, T), 1)
    assert.deepEqual(await listed(opened), ['old'])
    assert.equal(await outbox.prune(T + DAY, 100), 2)
    await assert.rejects(outbox.append(batch([message('m1', nobody), message('m1', nobody)]), T), /"m1"/)
    assert.deepEqual(await listed(opened), [])
    await outbox.append(batch([message('new', nobody)]), T)
    assert.deepEqual(await listed(opened), ['new'])
  })
}
