import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createGithubApi } from '../github-api.ts'
import { newRepository, type StatusRecord } from '../testing/github-server/state.ts'
import { startGithubServer } from '../testing/github-server.ts'
import { waitForFlux } from './flux-status.ts'

const commit = 'c'.repeat(40)
const hex = 'd'.repeat(64)

async function open(t: TestContext, ...statuses: StatusRecord[]) {
  const repository = newRepository('acme/shop', '/nonexistent/shop.git')
  repository.statuses.set(commit, statuses)
  const server = await startGithubServer([repository])
  t.after(() => server[Symbol.asyncDispose]())
  const signal = new AbortController().signal
  const api = createGithubApi({ env: { ...server.env, GITHUB_REPOSITORY: 'acme/shop' }, signal }, { delaysMs: [0, 0] })
  const lines: string[] = []
  const say = (...more: StatusRecord[]) =>
    repository.statuses.set(commit, [...more, ...(repository.statuses.get(commit) ?? [])])
  const wait = (pattern: string, timeoutMs = 60_000, onLine = () => {}) => {
    const print = (line: string) => {
      lines.push(line)
      onLine()
    }
    return waitForFlux(api, { commit, pattern, timeoutMs, everyMs: 5 }, { print, signal })
  }
  return { server, lines, say, wait }
}

// What notification-controller v1.9.3 writes: internal/notifier/github.go.
const status = (context: string, state: string, description = 'reconciliation succeeded') => ({
  context,
  state,
  description,
})

test('it waits until Flux says so, and tells what it sees meanwhile', async t => {
  const { say, wait, lines } = await open(t, status(`flux/nonprod/${'e'.repeat(64)}`, 'success'))
  const done = await wait(`flux/nonprod/${hex}`, 60_000, () => say(status(`flux/nonprod/${hex}`, 'success')))
  assert.equal(done, `Flux: flux/nonprod/${hex} success ("reconciliation succeeded")`)
  assert.match(lines.join('\n'), /^ {4}0 s {2}Flux about cccccccccccc: nothing yet as "flux\/nonprod\/d{64}"$/)
})

test("a failure ends the wait with Flux's own words", async t => {
  const { wait } = await open(t, status('kustomization/shop-nonprod/0c9c2e41', 'failure', 'health check failed'))
  await assert.rejects(
    wait('kustomization/shop-nonprod/*'),
    /^Error: Flux: kustomization\/shop-nonprod\/0c9c2e41 failure \("health check failed"\) for commit cccccccccccc; the event/,
  )
})

test('the last word counts: a failure that passed is none', async t => {
  const { wait } = await open(
    t,
    status('kustomization/a/1', 'success'),
    status('kustomization/a/1', 'failure', 'build failed'),
  )
  assert.match(await wait('kustomization/a/*'), /success/)
})

test('of several objects each has to be well', async t => {
  const { wait } = await open(t, status('kustomization/a/1', 'success'), status('kustomization/b/1', 'pending', ''))
  await assert.rejects(
    wait('kustomization/*', 1),
    /did not finish commit c{12} within 0 s; last seen: kustomization\/a\/1 success .*, kustomization\/b\/1 pending\. Does a Provider/,
  )
})

test('a star is no other pattern', async t => {
  const { wait } = await open(t, status('kustomizationXa', 'success'))
  await assert.rejects(wait('kustomization.a', 1), /nothing yet as "kustomization\.a"/)
})

test('a fault of GitHub does not end the wait', async t => {
  const { wait, server } = await open(t, status('flux/nonprod', 'success'))
  server.state.faults.push({ status: 502 })
  assert.match(await wait('flux/nonprod'), /success/)
})
