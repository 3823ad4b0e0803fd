import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createGithubApi, isRepository } from './github-api.ts'
import { newRepository, type Token } from './testing/github-server/state.ts'
import { type GithubServer, startGithubServer } from './testing/github-server.ts'

const repository = 'acme/shop'
const secret = 's3cr3t-github-0001'
const commit = 'c0ffee'.repeat(7).slice(0, 40)

async function open(t: TestContext, token?: Partial<Token>) {
  const server = await startGithubServer([newRepository(repository, '/nonexistent/acme/shop.git')])
  t.after(() => server[Symbol.asyncDispose]())
  if (token) server.state.tokens.set(secret, { login: 'octo', permissions: {}, ...token })
  const env = { ...server.env, GITHUB_REPOSITORY: repository, ...(token && { GITHUB_TOKEN: secret }) }
  const context = { env, signal: new AbortController().signal }
  return { server, context, api: createGithubApi(context, { delaysMs: [0, 0] }) }
}

const failure = (asked: Promise<unknown>) =>
  asked.then(
    () => assert.fail('it should fail'),
    (error: Error) => error,
  )

const repositoryOf = ({ state }: GithubServer) => {
  const found = state.repositories.get(repository)
  assert.ok(found)
  return found
}

test('a list is read to its last page', async t => {
  const { server, api } = await open(t)
  server.state.pageSize = 2
  const statuses = Array.from({ length: 5 }, (_, index) => ({ context: `flux/${index}`, state: 'success' }))
  repositoryOf(server).statuses.set(commit, statuses)
  assert.deepEqual(
    (await api.listStatuses(commit)).map(status => status.context),
    statuses.map(status => status.context),
  )
  assert.equal(server.state.requests.length, 3)
})

test('a next page elsewhere is refused: the token would follow', async t => {
  const { server, api } = await open(t)
  server.state.faults.push({ status: 200, body: [], headers: { link: '<https://evil.example/x>; rel="next"' } })
  await assert.rejects(api.listStatuses(commit), /the next page is not below http:\/\/127/)
})

test('a question is asked again after a passing fault', async t => {
  const { server, api } = await open(t)
  server.state.faults.push({ status: 502 }, { status: 429, headers: { 'retry-after': '0' } })
  assert.deepEqual(await api.listStatuses(commit), [])
  assert.equal(server.state.requests.length, 3)
})

test('what was written once is not written again', async t => {
  const { server, api } = await open(t, { permissions: { pull_requests: 'write' } })
  server.state.faults.push({ status: 502 })
  await assert.rejects(api.commentPull(1, 'text'), /GitHub answered 502 to POST .*GitHub has a fault/)
  assert.equal(server.state.requests.length, 1)
})

const refusals: [what: string, status: number, headers: Record<string, string>, body: unknown, message: RegExp][] = [
  [
    'a used-up limit',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1790000000' },
    {},
    /the rate limit is used up; run the step again after 2026-09-21T/,
  ],
  ['a long secondary limit', 429, { 'retry-after': '600' }, { message: 'slow down' }, /run the step again in 600 s/],
  [
    'a permission that is missing',
    403,
    { 'x-accepted-github-permissions': 'statuses=read' },
    { message: 'Resource not accessible by integration' },
    /\("Resource not accessible by integration"\): GITHUB_TOKEN lacks statuses: read \(GitHub: statuses=read\); add it to `permissions` of the job, or take a GitHub App/,
  ],
  [
    'a token that is no longer valid',
    401,
    {},
    { message: 'Bad credentials' },
    /GITHUB_TOKEN is not valid, or no longer/,
  ],
  [
    'a repository that is not to be seen',
    404,
    {},
    { message: 'Not Found' },
    /it does not exist, or GITHUB_TOKEN may not see it, which takes statuses: read/,
  ],
  ['a page of a proxy', 403, {}, '<html>', /403 to GET \/api\/v3\/repos\/acme\/shop\/commits/],
]

for (const [what, status, headers, body, message] of refusals) {
  test(`the error says what to do about ${what}`, async t => {
    const { server, api } = await open(t, {})
    server.state.faults.push({ status, headers, body })
    const error = await failure(api.listStatuses(commit))
    assert.match(error.message, message)
    assert.ok(!error.message.includes(secret))
  })
}

test('an answer in another form is refused, not believed', async t => {
  const { server, api } = await open(t)
  server.state.faults.push({ status: 200, body: [{ context: 'flux', state: 'maybe' }] })
  await assert.rejects(api.listStatuses(commit), /in an unknown form: 0\.state/)
})

test('a server that is not there is named, and the token is not', async t => {
  const { server, context } = await open(t, {})
  await server[Symbol.asyncDispose]()
  t.after(() => {})
  const api = createGithubApi(context, { delaysMs: [0] })
  const error = await failure(api.listStatuses(commit))
  assert.match(error.message, /GitHub does not answer at 127\.0\.0\.1:\d+: /)
  assert.ok(!error.stack?.includes(secret))
})

test('without a token the advice is to set one', async t => {
  const { server, api } = await open(t)
  repositoryOf(server).private = true
  await assert.rejects(api.readRepository(), /404 .*: there is no token; set GITHUB_TOKEN to one with metadata: read/)
})

for (const apiUrl of [
  'http://github.example/api/v3',
  'https://user:s3cr3t-x@github.example',
  'ftp://localhost',
  'api.github.com',
]) {
  test(`the token is not sent to ${/s3cr3t/.test(apiUrl) ? 'an address with a password' : apiUrl}`, () => {
    const context = {
      env: { GITHUB_API_URL: apiUrl, GITHUB_REPOSITORY: repository },
      signal: new AbortController().signal,
    }
    assert.throws(() => createGithubApi(context), /GITHUB_API_URL: expected https:/)
  })
}

const names: [text: string, valid: boolean][] = [
  ['acme/shop', true],
  ['Acme-1/shop.api_2', true],
  ['acme', false],
  ['acme/..', false],
  ['acme/shop/pulls', false],
  ['acme/shop?x', false],
  ['../acme', false],
  ['acme/', false],
]
for (const [text, valid] of names)
  test(`${text} ${valid ? 'is' : 'is not'} a repository`, () => assert.equal(isRepository(text), valid))
