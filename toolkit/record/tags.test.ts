import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identityOfSource, isImmutable, planOf } from './tags.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'
const version = '0.0.0-sha-0123456789ab'
const main = 'refs/heads/main'

const plans: [
  what: string,
  source: { event: string; ref: string; pullRequest?: number },
  tags: string[],
  build: boolean,
][] = [
  ['a pull request', { event: 'pull_request', ref: 'refs/pull/7/merge', pullRequest: 7 }, ['pr-7'], true],
  ['main', { event: 'push', ref: main }, ['latest', `sha-${commit}`], true],
  ['a release', { event: 'push', ref: 'refs/tags/release/1.2.3' }, ['1.2.3'], false],
  ['a candidate', { event: 'push', ref: 'refs/tags/release/1.2.3-rc.1' }, ['1.2.3-rc.1'], false],
  ['another branch', { event: 'push', ref: 'refs/heads/mainly' }, [], true],
  ['a branch that is named as a release', { event: 'push', ref: 'refs/heads/release/1.2.3' }, [], true],
  ['a tag that is named as main', { event: 'push', ref: 'refs/tags/main' }, [], true],
  ['another tag', { event: 'push', ref: 'refs/tags/v1.2.3' }, [], true],
  ['main at night', { event: 'schedule', ref: main }, [], true],
  ['main by hand', { event: 'workflow_dispatch', ref: main }, [], true],
  // It runs with the secrets of main on what somebody else wrote, so it is no pull request to us.
  ['pull_request_target', { event: 'pull_request_target', ref: main, pullRequest: 7 }, [], true],
  ['a laptop', { event: 'local', ref: main }, [], true],
]

for (const [what, source, tags, build] of plans) {
  test(`${what}: ${tags.join(', ') || 'no tags'}`, () => {
    const plan = planOf({ ...source, commit })
    assert.deepEqual(plan, { tags, build, version: build ? version : tags[0] })
  })
}

for (const name of [
  'v1.2.3',
  '1.2',
  '01.2.3',
  '1.2.3+build',
  '1.2.3-',
  '1.2.3-rc..1',
  '1.2.3-01',
  '1.2.3/4',
  '',
  ' 1.2.3',
]) {
  test(`release/${name} is refused`, () => {
    assert.throws(() => planOf({ event: 'push', ref: `refs/tags/release/${name}`, commit }), {
      message:
        `refs/tags/release/${name}: expected release/<major>.<minor>.<patch> (semver.org), such as release/1.2.3 ` +
        `or release/1.2.3-rc.1, got release/${name}; delete the tag and push the right one`,
    })
  })
}

test('a pull request without a number is refused', () => {
  assert.throws(() => planOf({ event: 'pull_request', ref: 'refs/pull/7/merge', commit }), /has no number/)
})

test('tags of commits, versions and images never move; the others follow what is newest', () => {
  const tags = [
    `sha-${commit}`,
    '1.2.3',
    '1.2.3-rc.1',
    `image-${'a'.repeat(64)}`,
    'latest',
    'pr-7',
    'sha-0123456',
    'nonprod',
  ]
  assert.deepEqual(tags.filter(isImmutable), tags.slice(0, 4))
})

test('each event has one identity, and what publishes nothing has none', () => {
  const identities = plans.map(([, source]) => identityOfSource(source))
  const expected = ['pull-request', 'trunk', 'release', 'release', ...Array(8).fill(undefined)]
  assert.deepEqual(identities, expected)
})
