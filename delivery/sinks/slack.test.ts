import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { firstAttempt, local, sampleMessage, sinkTools } from '../testing/sink.ts'
import { answer, breakOff, type SinkServer, startSinkServer } from '../testing/sink-server.ts'
import { createSlackSink } from './slack.ts'

const path = '/services/T00000000/B00000000/s3cr3t-slack-0001'

type Block = { type: string; text?: { type: string; text: string }; elements?: { text: string; verbatim: boolean }[] }
const payload = (server: SinkServer): { text: string; blocks: Block[] } =>
  JSON.parse(String(server.received.at(-1)?.body))

async function start(t: TestContext) {
  const server = await startSinkServer(t)
  server.behave(answer(200, 'ok'))
  const tools = sinkTools()
  const sink = createSlackSink({ ...local, url: `${server.url}${path}` }, tools)
  t.after(() => sink.close())
  return { server, tools, send: (over = {}) => sink.send(sampleMessage(over), firstAttempt()) }
}

test('a message is a line for the notification and blocks for the channel', async t => {
  const { server, send } = await start(t)
  assert.equal((await send({ count: 22 })).kind, 'delivered')
  assert.ok(server.received[0]?.path === path)
  assert.deepEqual(payload(server), {
    text: '❌ Kustomization apps/web failed',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: '❌ Kustomization apps/web failed' } },
      { type: 'section', text: { type: 'mrkdwn', text: 'the server said no', verbatim: true } },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: 'ReconciliationFailed · Kustomization/apps/web · kustomize-controller · main@sha1:0a1b2c3d · 22 times · <https://git.example/apps/commit/0a1b2c3d|Open>',
            verbatim: true,
          },
        ],
      },
    ],
  })
})

test('a recovery looks like one', async t => {
  const { server, send } = await start(t)
  await send({ state: 'resolved' })
  assert.match(payload(server).text, /^✅ /)
})

test('a text mentions nobody and makes no link', async t => {
  const { server, send } = await start(t)
  await send({ text: '<!channel> & <https://evil|here>', title: '<!here>', link: 'https://x/?a=1&b=<|>' })
  const { text, blocks } = payload(server)
  assert.equal(text, '❌ &lt;!here&gt;')
  assert.equal(blocks[1]?.text?.text, '&lt;!channel&gt; &amp; &lt;https://evil|here&gt;')
  assert.match(blocks[2]?.elements?.[0]?.text ?? '', /<https:\/\/x\/\?a=1&amp;b=%3C%7C%3E\|Open>$/)
})

for (const [what, character] of [
  ['letters', 'x'],
  ['ships', '🚢'],
  ['signs that are escaped', '&'],
] as const) {
  test(`39,000 ${what} stay within Slack's limits as they are sent, cut between characters`, async t => {
    const { server, send } = await start(t)
    const huge = character.repeat(39_000)
    await send({ text: huge, title: huge, reason: huge, subject: { kind: huge, name: huge } })
    const { text, blocks } = payload(server)
    const [header = '', section = ''] = blocks.map(block => block.text?.text ?? '')
    const context = blocks[2]?.elements?.[0]?.text ?? ''
    for (const [part, limit] of [
      [text, 3000],
      [header, 150],
      [section, 3000],
      [context, 2000],
    ] as const) {
      assert.ok(part.length <= limit && part.length > limit - 30, `${part.length} of ${limit}`)
      assert.ok(part.isWellFormed() && !/&(?!amp;)/.test(part.replace(header, '')))
    }
    assert.ok(section.endsWith('… (cut)'))
  })
}

test('without a text there is no empty section', async t => {
  const { server, send } = await start(t)
  await send({ text: ' ', link: 'no link' })
  assert.deepEqual(
    payload(server).blocks.map(block => block.type),
    ['header', 'context'],
  )
})

const answers: [status: number, body: string, meaning: string][] = [
  [200, 'ok', 'delivered success'],
  [200, '{"ok":true}', 'delivered success'],
  [200, '{"ok":false,"error":"channel_not_found"}', 'rejected refused'],
  [200, '{"ok":false,"error":"ratelimited"}', 'retry overload throttled'],
  [200, '{"ok":false,"error":"invalid_auth"}', 'retry configuration auth'],
  [200, '<html>sign in</html>', 'rejected refused'],
  [200, '', 'rejected refused'],
  [400, 'invalid_payload', 'rejected client'],
  [403, 'invalid_token', 'retry configuration auth'],
  [404, 'no_service', 'retry configuration missing'],
  [410, 'channel_is_archived', 'gone gone'],
  [500, 'rollup_error', 'retry normal server'],
]
for (const [status, body, meaning] of answers) {
  test(`${status} ${body} is ${meaning}`, async t => {
    const { server, send } = await start(t)
    server.behave(answer(status, body))
    const outcome = await send()
    const schedule = outcome.kind === 'retry' ? ` ${outcome.schedule}` : ''
    assert.equal(`${outcome.kind}${schedule} ${outcome.class}`, meaning)
  })
}

test('Retry-After of a 429 is handed on', async t => {
  const { server, send } = await start(t)
  server.behave(answer(429, 'rate_limited', { 'retry-after': '30' }))
  assert.deepEqual(await send(), {
    ...{ kind: 'retry', schedule: 'overload', class: 'throttled', answer: '429: rate_limited', afterMs: 30_000 },
  })
})

test('a 200 that breaks off is tried again', async t => {
  const { server, send } = await start(t)
  server.behave(breakOff(200))
  assert.equal((await send()).kind, 'retry')
})

test('the address shows nowhere, whatever goes wrong', async t => {
  const { server, tools, send } = await start(t)
  server.behave(answer(500, `no such hook: ${server.url}${path} or ${path.split('/').at(-1)}`))
  const shown = [(await send()).answer]
  const refused = createSlackSink({ ...local, url: `http://127.0.0.1:1${path}` }, tools)
  shown.push((await refused.send(sampleMessage(), firstAttempt())).answer)
  const broken = createSlackSink({ ...local, url: `nowhere${path}` }, tools)
  shown.push((await broken.send(sampleMessage(), firstAttempt())).answer, broken.problem ?? '')
  assert.ok(![...shown, ...tools.lines].join().includes('s3cr3t-slack'), 'the secret shows')
  assert.match(shown[0] ?? '', /^500: no such hook: \[secret\] or \[secret\]$/)
})
