import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { npmSteps, steps } from '../steps.ts'
import { pins } from '../tools/pins.ts'
import { isTrue } from './expression.ts'
import { needsOf, readAction, readWorkflow, type Workflow } from './workflow.ts'
import { crooked, findMistakes, unpinned, workflowRules } from './workflow-rules.ts'

const root = join(import.meta.dirname, '../..')
const files = globSync('.github/workflows/*.yml', { cwd: root }).sort()
const setup = '.github/actions/setup'

test('the workflows are those of DESIGN.md', () =>
  assert.deepEqual(
    files.map(file => file.replace(/^.*\//, '')),
    ['ci.yml', 'nightly.yml', 'preview.yml', 'promote.yml', 'release.yml'],
  ))

for (const file of files) {
  test(`${file}: GitHub can read it, and it keeps our rules`, async () =>
    assert.deepEqual(findMistakes(await readWorkflow(root, file), await readFile(join(root, file), 'utf8')), []))
}

test('actions/setup keeps those rules that an action can', async () => {
  const { runs } = await readAction(root, setup)
  assert.deepEqual(runs.steps.flatMap(crooked), [])
  assert.deepEqual(unpinned(await readFile(join(root, setup, 'action.yml'), 'utf8')), [])
})

test('one action has one commit everywhere', async () => {
  const texts = await Promise.all([...files, `${setup}/action.yml`].map(file => readFile(join(root, file), 'utf8')))
  const commits = new Map<string, Set<string>>()
  for (const [, action = '', commit = ''] of texts.join('\n').matchAll(/uses: ([\w-]+\/[\w-]+)\S*@(\w+ # \S+)/g))
    commits.set(action, (commits.get(action) ?? new Set()).add(commit))
  assert.deepEqual(
    [...commits.values()].filter(({ size }) => size > 1),
    [],
  )
  assert.ok(commits.size > 4, 'the search misses actions')
})

test('a pull request saves no cache, and main does', async () => {
  const { runs } = await readAction(root, setup)
  const uses = runs.steps.flatMap(({ uses = '' }) => uses.replace(/@.*/, ''))
  assert.ok(!uses.includes('actions/cache'), 'it saves whatever it restores')
  const saving = runs.steps.filter(({ uses }) => uses?.startsWith('actions/cache/save@'))
  const savedOn = (event_name: string, ref: string) =>
    isTrue(
      saving[0]?.if,
      { github: { event_name, ref }, inputs: { tools: 'a' }, steps: { saved: { outputs: { 'cache-hit': 'false' } } } },
      { success: () => true, failure: () => false, cancelled: () => false },
    )
  assert.equal(saving.length, 1)
  assert.deepEqual(
    [
      savedOn('push', 'refs/heads/main'),
      savedOn('pull_request', 'refs/pull/7/merge'),
      savedOn('push', 'refs/tags/release/1.2.3'),
    ],
    [true, false, false],
  )
})

/** Not in the way of a merge: findings for people, and what happens after it. */
const notRequired = ['dast', 'nonprod', 'notify', 'required']

test('the one required check waits for every job that can stop a merge, and always has a verdict', async () => {
  const { jobs } = await readWorkflow(root, '.github/workflows/ci.yml')
  const { required } = jobs
  assert.ok(required)
  assert.deepEqual(
    needsOf(required).sort(),
    Object.keys(jobs)
      .filter(id => !notRequired.includes(id))
      .sort(),
  )
  assert.equal(required.if, 'always()')
  assert.equal(jobs.dast?.['continue-on-error'], true)
  const line = required.steps.find(({ env }) => env?.RESULTS)?.run ?? ''
  const verdict = (RESULTS: string) =>
    spawnSync('bash', ['-e', '-c', line], { env: { PATH: process.env.PATH, RESULTS } }).status
  for (const good of ['success', 'success skipped success', 'skipped']) assert.equal(verdict(good), 0, good)
  for (const bad of ['failure', 'success failure', 'cancelled success', '', 'success unknown', 'skipped cancelled'])
    assert.equal(verdict(bad), 1, bad)
})

test('the Go that is installed is new enough for every tool', async () => {
  const { runs } = await readAction(root, setup)
  const file = String(runs.steps.find(({ uses }) => uses?.startsWith('actions/setup-go@'))?.with?.['go-version-file'])
  const wanted = async (path: string) => /^go (\S+)$/m.exec(await readFile(join(root, path), 'utf8'))?.[1] ?? ''
  const all = await Promise.all(globSync('third-party/*/go.mod', { cwd: root }).map(wanted))
  const newest = all.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
  assert.equal(await wanted(file), newest)
})

test('the jobs of test run every test there is', async () => {
  const { jobs } = await readWorkflow(root, '.github/workflows/ci.yml')
  const named = jobs.test?.strategy?.matrix?.folders?.flatMap(each => each.split(' ')) ?? []
  const all = globSync('*/**/*.test.ts', { cwd: root, exclude: ['node_modules'] }).map(file =>
    file.replace(/\/.*$/, ''),
  )
  assert.deepEqual(named.sort(), [...new Set(all)].sort())
})

test('every step, part and tool that a workflow names is there', async () => {
  const all = (
    await Promise.all([...files, `${setup}/action.yml`].map(async file => readFile(join(root, file), 'utf8')))
  ).join('\n')
  const known = Object.keys({ ...steps, ...npmSteps })
  const named = [...all.matchAll(/\.\/fairlead ([a-z0-9-]+)/g)].map(([, name = '']) => name)
  assert.deepEqual(
    [...new Set(named)].filter(name => !known.includes(name)),
    [],
  )
  assert.ok(named.length > 20, 'the search misses steps')
  const tools = [...all.matchAll(/^ +tools: ([a-z -]+)$/gm)].flatMap(([, names = '']) => names.split(' '))
  const help = execFileSync(join(root, 'fairlead'), ['tools', '--help'], { encoding: 'utf8' })
  assert.deepEqual(
    [...new Set(tools)].filter(name => !new RegExp(`\\b${name}\\b`).test(help)),
    [],
  )
  assert.ok(pins.length > 0 && tools.length > 5)
})

const good = `on: [pull_request]
permissions: {}
jobs:
  a:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read # clone
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: echo "$A"
`
const secret = 'environment: prod\n    steps:\n      - run: "true"\n        env: { A: "<% secrets.A %>" }'
const planted: [rule: keyof typeof workflowRules, from: string, to: string][] = [
  ['nothing is allowed by default', 'permissions: {}', 'permissions: { contents: read }'],
  ['each permission says why', 'contents: read # clone', 'contents: read'],
  ['each job has its own permissions, and a time limit', '    timeout-minutes: 5\n', ''],
  [
    'actions are pinned by commit, with the version beside it',
    '3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
    'v7.0.1',
  ],
  ['actions are pinned by commit, with the version beside it', ' # v7.0.1', ''],
  ['a step is one line, without expressions', 'echo "$A"', '|\n          echo\n          echo'],
  ['a step is one line, without expressions', '"$A"', '"<% github.head_ref %>"'],
  ['a clone leaves no token behind', 'persist-credentials: false', 'fetch-depth: 1'],
  ['a run of main is never cancelled', 'jobs:', 'concurrency: { group: a, cancel-in-progress: true }\njobs:'],
  ['code of a fork gets no secret and may write nothing', 'contents: read', 'packages: write'],
  ['code of a fork gets no secret and may write nothing', 'steps:', secret],
  ['a trusted event checks out main', 'pull_request', 'pull_request_target'],
  ['a secret is given to steps, in a job with an environment', 'steps:', 'env: { A: "<% secrets.A %>" }\n    steps:'],
  ['a pull request runs on machines of GitHub', 'ubuntu-24.04', '"<% vars.RUNNER %>"'],
]

test('a workflow without a mistake', () => assert.deepEqual(mistakesIn(good), []))

for (const [rule, from, to] of planted) {
  test(`caught: ${rule}: ${JSON.stringify(to).slice(0, 60)}`, () => {
    assert.ok(good.includes(from))
    const text = good.replace(from, to.replace(/<%(.*?)%>/g, '$${{$1}}'))
    assert.ok(
      mistakesIn(text).some(sentence => sentence.startsWith(`${rule}: `)),
      mistakesIn(text).join('\n'),
    )
  })
}

test('every rule has a planted mistake', () =>
  assert.deepEqual(
    Object.keys(workflowRules).filter(rule => !planted.some(([each]) => each === rule)),
    [],
  ))

function mistakesIn(text: string): string[] {
  const workflow = parse(text.replace(/^( +steps:\n(?: {6}.*\n)+) +steps:\n/m, '$1')) // one list of steps is enough
  const on = Object.fromEntries([workflow.on].flat().map((name: string) => [name, null]))
  return findMistakes({ ...(workflow as Workflow), on }, text)
}
