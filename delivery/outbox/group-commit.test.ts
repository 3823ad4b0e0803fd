import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGroups, type Reply } from './group-commit.ts'

type Commit = { items: number[]; end(replies?: Reply<string>[]): void; fail(error: Error): void }

/** Groups of numbers whose commits end when the test says so. */
function groupsByHand(maxWeight = 1000) {
  const commits: Commit[] = []
  const waiting: (() => void)[] = []
  const groups = createGroups<number, string>({
    commit(items) {
      const { promise, resolve, reject } = Promise.withResolvers<Reply<string>[]>()
      commits.push({ items, end: (replies = items.map(n => ({ value: `${n}` }))) => resolve(replies), fail: reject })
      waiting.shift()?.()
      return promise
    },
    weigh: n => n,
    maxWeight,
  })
  const next = async () => {
    if (commits.length === 0) await new Promise<void>(resolve => waiting.push(resolve))
    const [commit] = commits.splice(0, 1)
    if (!commit) throw new Error('there is no commit under way')
    return commit
  }
  return { groups, next }
}

test('calls of one turn share a commit, and those that come during it share the next', async () => {
  const { groups, next } = groupsByHand()
  const first = [1, 2].map(n => groups.add(n))
  const one = await next()
  assert.deepEqual(one.items, [1, 2])
  let isAnswered = false
  const later = [3, 4, 5].map(n => groups.add(n).finally(() => (isAnswered = true)))
  one.end()
  assert.deepEqual(await Promise.all(first), ['1', '2'])
  const two = await next()
  assert.deepEqual(two.items, [3, 4, 5])
  assert.equal(isAnswered, false, 'nobody is answered before the commit')
  two.end()
  assert.deepEqual(await Promise.all(later), ['3', '4', '5'])
})

test('one bad call is told so alone; a commit that fails fails them all, and the next group goes on', async () => {
  const { groups, next } = groupsByHand()
  const calls = [1, 2].map(n => groups.add(n))
  ;(await next()).end([{ error: new Error('bad') }, { value: 'good' }])
  await assert.rejects(calls[0] ?? Promise.resolve(), /bad/)
  assert.equal(await calls[1], 'good')
  const lost = Promise.allSettled([3, 4].map(n => groups.add(n)))
  ;(await next()).fail(new Error('disk'))
  assert.deepEqual(
    (await lost).map(each => each.status),
    ['rejected', 'rejected'],
  )
  const fine = groups.add(5)
  ;(await next()).end()
  assert.equal(await fine, '5')
})

test('a group is as heavy as allowed, never reordered, and a heavier call goes alone', async () => {
  const { groups, next } = groupsByHand(10)
  const calls = Promise.all([4, 6, 1, 99, 2, 3].map(n => groups.add(n)))
  for (const items of [[4, 6], [1], [99], [2, 3]]) {
    const commit = await next()
    assert.deepEqual(commit.items, items)
    commit.end()
  }
  assert.deepEqual(await calls, ['4', '6', '1', '99', '2', '3'])
})

test('idle waits for what is under way and what waits', async () => {
  const { groups, next } = groupsByHand(1)
  await groups.idle()
  const answered: string[] = []
  for (const n of [1, 1]) void groups.add(n).then(text => answered.push(text))
  const idle = groups.idle()
  ;(await next()).end()
  ;(await next()).end()
  await idle
  assert.deepEqual(answered, ['1', '1'])
})

test('a call without a reply is an error and not a call that waits for ever', async () => {
  const { groups, next } = groupsByHand()
  const calls = Promise.allSettled([1, 2].map(n => groups.add(n)))
  ;(await next()).end([{ value: 'one' }])
  assert.deepEqual(
    (await calls).map(each => each.status),
    ['fulfilled', 'rejected'],
  )
})
