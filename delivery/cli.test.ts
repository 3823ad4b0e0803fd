import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runProgram } from '../lib/test-process.ts'
import { runCli } from './cli/run.ts'
import { printable, table } from './cli/table.ts'
import { API_TOKEN, until } from './testing/delivery.ts'
import { startWithTarget } from './testing/effects/start.ts'
import { temporaryFolder } from './testing/process.ts'
import { answer } from './testing/sink-server.ts'

/** A dead letter, and a command line that reaches it. */
async function start(t: TestContext) {
  const started = await startWithTarget(t, { behaviours: [answer(400, 'no such field')] })
  const { id } = (await (await started.post()).json()) as { id: string } // as the receiver answers
  await until(
    () => started.api('/messages?state=dead'),
    ({ body }) => (body.items as unknown[]).length === 1,
  )
  const call = async (...args: string[]) => {
    const [lines, errors]: [string[], string[]] = [[], []]
    const env = { DELIVERY_API_TOKEN: API_TOKEN, PORT: String(started.port) }
    const code = await runCli(args, { env, print: line => lines.push(line), printError: line => errors.push(line) })
    return { code, lines, errors }
  }
  return { ...started, id, call }
}

test('list, show and destinations print tables', async t => {
  const { call, id } = await start(t)
  const listed = await call('list', '--state', 'dead')
  assert.equal(listed.code, 0)
  assert.match(listed.lines[0] ?? '', /^ID +TIME +DESTINATION +STATE +ATTEMPTS +SEVERITY +TITLE +LAST ANSWER$/)
  assert.match(listed.lines[1] ?? '', new RegExp(`^${id}  2026-11-20 10:00:00  it +dead +1 .*400: no such field$`))
  const shown = (await call('show', id)).lines.join('\n')
  for (const part of [
    /^ {2}subject +Kustomization\/flux-system\/apps$/m,
    /^default +yes +no rules are configured +it$/m,
    /^it +dead +1$/m,
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +it +1 +dead +400: no such field$/m,
  ]) {
    assert.match(shown, part)
  }
  const { lines } = await call('destinations')
  assert.match(lines[1] ?? '', /^it +webhook +up +0 +1 +0 s$/)
  assert.deepEqual((await call('list', '--state', 'parked')).lines, ['No message fits.'])
})

test('messages that no rule chose are listed, and show says that nobody is told', async t => {
  const { call, post, reload } = await start(t)
  await reload('destinations: { it: { type: console } }\nrules: []\n')
  const { id } = (await (await post({ reason: 'Unheard' })).json()) as { id: string } // as the receiver answers
  const { lines } = await call('list', '--state', 'unmatched')
  assert.equal(lines.length, 2)
  assert.match(lines[1] ?? '', new RegExp(`^${id}  2026-11-20 10:00:00  - +unmatched +0 `))
  assert.equal((await call('show', id)).lines.at(-1), 'No rule chose a destination: nobody is told.')
  assert.match((await call('help')).lines.join('\n'), /unmatched/)
})

test('--json prints what the API answered', async t => {
  const { call, id } = await start(t)
  const { lines } = await call('show', id, '--json')
  assert.equal(JSON.parse(lines.join('\n')).message.id, id)
})

test('a dead letter is replayed, a destination paused and resumed, the rest discarded', async t => {
  const { call, id, target } = await start(t)
  assert.deepEqual((await call('replay', id)).lines, ['replayed: 1'])
  await target.receivedAtLeast(2)
  assert.deepEqual((await call('replay', '--all')).lines, ['replayed: 0'])
  assert.deepEqual((await call('pause', 'it', '--reason', 'for the night')).lines, ['paused: it'])
  assert.match((await call('destinations')).lines[1] ?? '', /paused .*for the night$/)
  assert.deepEqual((await call('resume', 'it')).lines, ['resumed: it'])
  assert.deepEqual((await call('discard', '--destination', 'it')).lines, ['discarded: 0'])
})

for (const [args, code, said] of [
  [['lst'], 2, 'messages: there is no command "lst"; did you mean list?; see --help'],
  [['show'], 2, 'messages: expected show <id>; see --help'],
  [['list', '--stat', 'dead'], 2, 'messages: unknown option --stat; did you mean --state?; see --help'],
  [['list', 'now'], 2, /^messages: expected list /],
  [['list', '--url', 'localhost'], 2, 'messages: --url: expected an http:// or https:// address; see --help'],
  [['list', '--token-file', '/none'], 2, 'messages: cannot read the token file "/none" (ENOENT); see --help'],
  [['show', 'none'], 1, 'messages: there is no such message'],
  [['replay'], 1, 'messages: the request is wrong: give destination, since or subject, or all'],
  [
    ['list', '--url', 'http://127.0.0.1:2'],
    1,
    /^messages: http:\/\/127.0.0.1:2 does not answer: .*ECONNREFUSED.*; is it running there\? Set --url$/,
  ],
] as const) {
  test(`messages ${args.join(' ')}: exit ${code}, one sentence`, async t => {
    const { call } = await start(t)
    const { errors, lines, code: got } = await call(...args)
    assert.deepEqual([got, lines, errors.length], [code, [], 1])
    if (typeof said === 'string') assert.equal(errors[0], said)
    else assert.match(errors[0] ?? '', said)
  })
}

test('the program reads the token from a file, and says where one could come from', async t => {
  const { url, id } = await start(t)
  const file = join(temporaryFolder(t), 'token')
  writeFileSync(file, `${API_TOKEN}\n`)
  const cli = new URL('./cli.ts', import.meta.url).pathname
  const good = runProgram(t, [cli, 'list', '--url', url, '--token-file', file], {})
  assert.deepEqual(await good.exited, { code: 0, signal: null })
  assert.ok(good.stdout().includes(id))
  const bad = runProgram(t, [cli, 'list', '--url', url], {})
  assert.deepEqual(await bad.exited, { code: 2, signal: null })
  assert.equal(
    bad.stderr(),
    'messages: the token is missing: set DELIVERY_API_TOKEN or give --token-file; see --help\n',
  )
})

test('what a sender wrote cannot steer a terminal', () => {
  assert.equal(printable('a\u001b[2Jb\r\nc\u202e'), 'a [2Jb  c ')
  assert.deepEqual(table(['A', 'B'], [['long cell', 'x\u0007']]), ['A          B', 'long cell  x'])
})
