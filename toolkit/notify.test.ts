import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseSecret, verify } from '../lib/standard-webhooks.ts'
import { keepOutput } from '../lib/test-process.ts'
import { post } from './notify/post.ts'
import { notify } from './notify.ts'
import { createContext } from './testing/context.ts'
import { createFolder } from './testing/folder.ts'
import { createRepository, git } from './testing/github-server/git.ts'
import { newRepository } from './testing/github-server/state.ts'
import { startGithubServer } from './testing/github-server.ts'
import { startHttpSink } from './testing/http-sink.ts'

const path = '/services/T0/B0/s3cr3t-slack-0002'
const token = 's3cr3t-github-0002'
const secret = `whsec_${Buffer.from('s3cr3t-webhook-0002-of-24-bytes').toString('base64')}`

/** A run of ci.yml on main, with its own Slack, webhook and GitHub. */
async function open(t: TestContext) {
  const folder = await createFolder()
  const bare = await createRepository(join(folder.path, 'acme/shop.git'), { 'README.md': 'shop\n' })
  const root = join(folder.path, 'checkout')
  await git(folder.path, 'clone', '--quiet', bare, root)
  const repository = { ...newRepository('acme/shop', bare), private: true }
  const github = await startGithubServer([repository])
  const slack = await startHttpSink({ status: 200, body: 'ok' })
  const webhook = await startHttpSink({ status: 204 })
  t.after(async () => {
    for (const each of [folder, github, slack, webhook]) await each[Symbol.asyncDispose]()
  })
  github.state.tokens.set(token, { login: 'github-actions[bot]', isOfActions: true, permissions: { actions: 'read' } })
  const event = join(folder.path, 'event.json')
  await writeFile(event, JSON.stringify({ head_commit: { message: 'Fix <!channel> & more\n\nsecond line' } }))
  const env = {
    PATH: process.env.PATH,
    ...github.env,
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: await git(root, 'rev-parse', 'HEAD'),
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_ACTOR: 'octo',
    GITHUB_RUN_ID: '12',
    GITHUB_WORKFLOW: 'ci',
    GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/ci.yml@refs/heads/main',
    GITHUB_TOKEN: token,
    SLACK_WEBHOOK_URL: `${slack.url}${path}`,
  }
  const run = async (more: NodeJS.ProcessEnv, ...args: string[]) => {
    const all = Object.fromEntries(Object.entries({ ...env, ...more }).filter(([, value]) => value !== ''))
    const context = createContext({ root, env: all })
    const code = await notify.run(args, context)
    const said = context.lines.join('\n')
    keepOutput(`${said}\n`)
    return { code, said }
  }
  return { run, slack, webhook, github, repository, env }
}

const needs = (result: string) => JSON.stringify({ verify: { result: 'success', outputs: {} }, image: { result } })
const runOf = (id: number, conclusion: string, branch = 'main') => ({
  id,
  workflow: 'ci.yml',
  branch,
  conclusion,
  number: id,
})

test('a failure is told to Slack, with the jobs, escaped', async t => {
  const { run, slack, env } = await open(t)
  const { code, said } = await run({ NEEDS: needs('failure') })
  assert.match(said, /^passed +notify .*told Slack \(SLACK_WEBHOOK_URL\): failed$/m)
  assert.equal(code, 0)
  const [request] = slack.received
  assert.equal(request?.path, path)
  const payload = JSON.parse(request?.body ?? '{}')
  assert.equal(payload.text, '❌ acme/shop: ci failed')
  assert.deepEqual(payload.blocks, [
    { type: 'header', text: { type: 'plain_text', text: '❌ acme/shop: ci failed' } },
    {
      type: 'section',
      text: {
        type: 'mrkdwn',
        verbatim: true,
        text: `*jobs* image\n*commit* ${env.GITHUB_SHA.slice(0, 12)} on refs/heads/main\nFix &lt;!channel&gt; &amp; more\n*by* octo`,
      },
    },
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          text: { type: 'plain_text', text: 'Open the run' },
          url: `${env.GITHUB_SERVER_URL}/acme/shop/actions/runs/12`,
        },
      ],
    },
  ])
})

test('a webhook gets the same, signed', async t => {
  const { run, webhook } = await open(t)
  await run({
    NEEDS: needs('failure'),
    SLACK_WEBHOOK_URL: '',
    WEBHOOK_URL: `${webhook.url}/hook`,
    WEBHOOK_SECRET: secret,
  })
  const [request] = webhook.received
  assert.ok(request)
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers
  assert.equal(id, 'pipeline_12_1_failed')
  const headers = { id, timestamp: String(timestamp), signature: String(signature) }
  assert.deepEqual(verify([parseSecret(secret)], headers, Buffer.from(request.body), Date.now()), { valid: true })
  const { type, data } = JSON.parse(request.body)
  assert.equal(type, 'pipeline.failed')
  assert.deepEqual(data.jobs, ['image'])
})

const histories: [what: string, runs: ReturnType<typeof runOf>[], told: boolean][] = [
  ['after a failure', [runOf(11, 'failure')], true],
  ['after a time-out', [runOf(11, 'timed_out')], true],
  ['after a failure and a cancelled run', [runOf(10, 'failure'), runOf(11, 'cancelled')], true],
  ['after a success', [runOf(10, 'failure'), runOf(11, 'success')], false],
  ['after a failure of another branch', [runOf(11, 'failure', 'other')], false],
  ['after a failure of a later run', [runOf(13, 'failure')], false],
  ['in the first run of all', [], false],
]
for (const [what, runs, told] of histories) {
  test(`a success ${what} is ${told ? 'a recovery' : 'nothing to tell'}`, async t => {
    const { run, repository, slack } = await open(t)
    repository.runs.push(...runs)
    const { said } = await run({ RESULTS: 'success skipped success' })
    assert.match(said, told ? /told Slack .*: recovered/ : /nothing to tell: all is well/)
    assert.equal(slack.received.length, told ? 1 : 0)
  })
}

test('a second try that succeeds is a recovery of the first', async t => {
  const { run, repository } = await open(t)
  repository.attempts.set('12/1', 'failure')
  const { said } = await run({ RESULTS: 'success', GITHUB_RUN_ATTEMPT: '2' })
  assert.match(said, /told Slack .*: recovered/)
})

test('a cancelled run is nothing to tell', async t => {
  const { run, slack } = await open(t)
  assert.match((await run({ RESULTS: 'success cancelled' })).said, /nothing to tell: the run was cancelled/)
  assert.equal(slack.received.length, 0)
})

test('what nobody configured is skipped', async t => {
  const { run } = await open(t)
  const { code, said } = await run({ SLACK_WEBHOOK_URL: '', RESULTS: 'failure' })
  assert.match(said, /^skipped +notify .*neither SLACK_WEBHOOK_URL nor WEBHOOK_URL is set/m)
  assert.equal(code, 0)
})

test('a Slack that refuses is a red line and no red pipeline, unless --strict', async t => {
  const { run, slack } = await open(t)
  slack.answers.push({ status: 404, body: 'no_team' }, { status: 404, body: 'no_team' })
  const lenient = await run({ RESULTS: 'failure' })
  assert.match(
    lenient.said,
    /^FAILED +notify .*not everybody was told that it failed: Slack \(SLACK_WEBHOOK_URL\): it answered 404$/m,
  )
  assert.equal(lenient.code, 0)
  assert.equal((await run({ RESULTS: 'failure' }, '--strict')).code, 1)
})

test('one that is down does not keep the other from being told', async t => {
  const { run, slack, webhook } = await open(t)
  slack.answers.push({ status: 400 })
  const { said } = await run({ RESULTS: 'failure', WEBHOOK_URL: webhook.url, WEBHOOK_SECRET: secret })
  assert.match(said, /FAILED .*Slack \(SLACK_WEBHOOK_URL\): it answered 400$/m)
  assert.equal(webhook.received.length, 1)
})

test('a webhook without a secret, and a secret that is none, are refused by name', async t => {
  const { run, webhook } = await open(t)
  assert.match(
    (await run({ RESULTS: 'failure', WEBHOOK_URL: webhook.url })).said,
    /WEBHOOK_SECRET is not; the webhook would be unsigned/,
  )
  const wrong = await run({ RESULTS: 'failure', WEBHOOK_URL: webhook.url, WEBHOOK_SECRET: 's3cr3t-plain' })
  assert.match(wrong.said, /WEBHOOK_SECRET: a signing secret starts with "whsec_"/)
  assert.equal(webhook.received.length, 0)
})

test('without the right to read runs it says which is missing', async t => {
  const { run, github } = await open(t)
  github.state.tokens.set(token, { login: 'x', isOfActions: true, permissions: {} })
  assert.match((await run({ RESULTS: 'success' })).said, /FAILED .*GITHUB_TOKEN lacks actions: read/)
})

test('a channel can be tried out', async t => {
  const { run, slack } = await open(t)
  assert.match((await run({}, '--result', 'recovered')).said, /told Slack .*: recovered/)
  assert.match(slack.received[0]?.body ?? '', /works again/)
  await assert.rejects(run({}, '--result', 'happy'), /--result: expected failed or recovered, got "happy"/)
})

const signal = new AbortController().signal
const letter = (url: string) => ({ name: 'Slack', url, request: () => ({ body: '{}', headers: {} }) })

test('what may pass is tried three times and no more', async t => {
  const server = await startHttpSink({ status: 503 })
  t.after(() => server[Symbol.asyncDispose]())
  await assert.rejects(
    post(letter(server.url), { signal, delaysMs: [0, 0] }),
    /^Error: Slack: it answered 503, after 3 tries$/,
  )
  assert.equal(server.received.length, 3)
  server.answers.push({ status: 429, headers: { 'retry-after': '0' } }, { status: 200 })
  await post(letter(server.url), { signal, delaysMs: [0, 0] })
})

test('a redirect is not followed', async t => {
  const other = await startHttpSink({ status: 200 })
  const server = await startHttpSink({ status: 307, headers: { location: other.url } })
  t.after(async () => {
    for (const each of [other, server]) await each[Symbol.asyncDispose]()
  })
  await assert.rejects(post(letter(server.url), { signal, delaysMs: [0] }), /Slack: it answered 307$/)
  assert.equal(other.received.length, 0)
})

test('the address is a secret, and no error shows it', async t => {
  const server = await startHttpSink({ status: 200 })
  await server[Symbol.asyncDispose]()
  t.after(() => {})
  for (const url of [`${server.url}${path}`, `ftp://h${path}`, `http://evil.example${path}`, `nonsense ${path}`]) {
    const error = await post(letter(url), { signal, delaysMs: [] }).then(
      () => assert.fail(),
      (each: Error) => each,
    )
    assert.match(error.message, /^Slack: (no answer \(ECONNREFUSED\)|expected an address that begins with https:\/\/)/)
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes('s3cr3t'))
  }
})
