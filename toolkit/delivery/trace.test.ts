import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTrace } from './trace.ts'

const ask = '7 1.0 read(20<socket:[1]>, "POST /webhook HTTP/1.1\\r\\n\\r\\n{\\"name\\":\\"traced-1\\"}", 65536) = 400'
const write = '8 1.1 pwrite64(21</tmp/a b/outbox.db-wal>, "\\r\\0traced-1\\0", 4096, 56) = 4096'
const sync = '8 1.2 fdatasync(21</tmp/a b/outbox.db-wal>) = 0'
const answer = '7 1.3 write(20<socket:[1]>, "HTTP/1.1 202 Accepted\\r\\n", 200) = 200'

const cases: [what: string, lines: string[], durable: boolean[]][] = [
  ['written, synced, answered', [ask, write, sync, answer], [true]],
  ['fsync instead of fdatasync', [ask, write, sync.replace('fdatasync', 'fsync'), answer], [true]],
  [
    'an answer through writev',
    [ask, write, sync, answer.replace('write(', 'writev(').replace(', "', ', [{iov_base="')],
    [true],
  ],
  ['never synced', [ask, write, answer], [false]],
  ['never written', [ask, sync, answer], [false]],
  ['synced before it was written', [ask, sync, write, answer], [false]],
  ['synced after the answer', [ask, write, answer, sync], [false]],
  ['a sync that failed', [ask, write, sync.replace('= 0', '= -1 EIO (Input/output error)'), answer], [false]],
  ['a sync of another file', [ask, write, sync.replace('.db-wal', '.db'), answer], [false]],
  ['another message was written', [ask, write.replace('traced-1', 'traced-2'), sync, answer], [false]],
  [
    'a sync that returned while the answer was on its way',
    [ask, write, unfinished(sync), answer, resumed('8', 'fdatasync', ') = 0')],
    [false],
  ],
  [
    'a sync that started while the message was being written',
    [ask, unfinished(write), sync.replace('8 ', '9 '), resumed('8', 'pwrite64', ', 4096, 56) = 4096'), answer],
    [false],
  ],
  [
    'calls in two parts, in the right order',
    [
      '7 1.0 read(20<socket:[1]>,  <unfinished ...>',
      resumed('7', 'read', '"POST traced-1", 65536) = 400'),
      unfinished(write),
      resumed('8', 'pwrite64', ', 4096, 56) = 4096'),
      unfinished(sync),
      resumed('8', 'fdatasync', ') = 0'),
      unfinished(answer),
      resumed('7', 'write', ') = 200'),
    ],
    [true],
  ],
  ['an answer to nobody known', [write, sync, answer], [false]],
  ['another status', [ask, answer.replace('202 Accepted', '503 Service Unavailable')], []],
]

for (const [what, lines, durable] of cases) {
  test(`${what}: ${durable.join() || 'nothing to say'}`, () => {
    const answers = readTrace(lines, /traced-\d/)
    assert.deepEqual(
      answers.map(each => each.durable),
      durable,
    )
  })
}

test('each answer is judged by the message that came over its connection', () => {
  const other = (line: string) => line.replace('20<socket:[1]>', '30<socket:[2]>').replace('traced-1', 'traced-2')
  const lines = [ask, other(ask), write, sync, other(write), other(answer), answer]
  assert.deepEqual(readTrace(lines, /traced-\d/), [
    { message: 'traced-2', durable: false },
    { message: 'traced-1', durable: true },
  ])
})

function unfinished(line: string): string {
  return line.replace(/(, \d+, \d+|, \d+)?\) = .*$/, ' <unfinished ...>')
}

function resumed(pid: string, name: string, rest: string): string {
  return `${pid} 1.9 <... ${name} resumed>${rest}`
}
