import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parts } from './parts.ts'

const root = join(import.meta.dirname, '../..')

function runPart(
  t: TestContext,
  name: string,
  { folder = root, env = {} }: { folder?: string; env?: NodeJS.ProcessEnv },
) {
  const part = parts.find(each => each.name === name) ?? assert.fail(`no part ${name}`)
  const context = { root: folder, env: { ...process.env, ...env }, signal: t.signal, hurry: t.signal, print: () => {} }
  return part.run(context)
}

/** A registry that knows of holes, or one that cannot say. */
async function startRegistry(t: TestContext, advisories: object | undefined) {
  const server = createServer((request, response) => {
    if (!request.url?.endsWith('/advisories/bulk')) response.writeHead(404).end('{}')
    else if (advisories) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(advisories))
    else response.writeHead(405).end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo // listening on TCP
  const cache = await mkdtemp(join(tmpdir(), 'npm-cache-')) // npm remembers holes, and must not remember these
  t.after(() => rm(cache, { recursive: true, maxRetries: 5 }))
  // A user's `offline` must not turn "nobody looked" into "nothing found".
  return {
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: cache,
    npm_config_offline: 'true',
    npm_config_fetch_retries: '0',
  }
}

const advisory = (severity: string) => ({
  id: 1,
  url: 'https://example.org/1',
  title: 'a hole',
  severity,
  vulnerable_versions: '*',
})

const audits: [what: string, advisories: object | undefined, word: string, detail: RegExp][] = [
  ['no known hole', {}, 'passed', /^no known vulnerability$/],
  ['a grave hole', { hono: [advisory('high')] }, 'FAILED', /hono \(high\).*; see npm audit --omit=dev$/],
  ['a small hole', { hono: [advisory('low')] }, 'passed', /hono \(low\)$/],
  ['a registry that cannot say', undefined, 'not run', /^the registry gave no answer: 405/],
]

for (const [what, advisories, word, detail] of audits) {
  test(`audit, ${what}: ${word}`, async t => {
    const verdict = await runPart(t, 'audit', { env: await startRegistry(t, advisories) })
    assert.equal(verdict.word, word, verdict.detail)
    assert.match(verdict.detail, detail)
  })
}

test('lockfile: a package.json that asks for another version fails', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'check-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const path of ['package-lock.json', 'third-party'])
    await cp(join(root, path), join(folder, path), { recursive: true })
  const manifest = await readFile(join(root, 'package.json'), 'utf8')
  await writeFile(join(folder, 'package.json'), manifest.replace(/"hono": "[^"]+"/, '"hono": "1.0.0"'))
  const verdict = await runPart(t, 'lockfile', { folder })
  assert.equal(verdict.word, 'FAILED')
  assert.match(verdict.detail, /^run npm install and commit package-lock.json: /)
})

test('shellcheck without shellcheck: not run', async t => {
  const verdict = await runPart(t, 'shellcheck', { env: { PATH: join(root, 'no-such-folder') } })
  assert.deepEqual(verdict, { word: 'not run', detail: 'there is no shellcheck (Debian: apt-get install shellcheck)' })
})
