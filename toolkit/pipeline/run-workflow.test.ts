import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import type { Event, Machine } from './machine.ts'
import { runWorkflow } from './run-workflow.ts'

const checkout = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1'
const file = '.github/workflows/a.yml'

/** Expressions are written as <% … %> here: in TypeScript, a dollar with a brace means something else. */
const withExpressions = (text: string) => text.replace(/<%(.*?)%>/g, '$${{$1}}')

/** A repository with these files, and a machine without anything. */
async function open(t: TestContext, jobs: string, more: Record<string, string> = {}, change: Partial<Machine> = {}) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const root = join(folder.path, 'source')
  const text = `on: [push, pull_request]\npermissions: {}\njobs:\n${jobs.replace(/^(?=.)/gm, '  ')}`
  for (const [path, content] of Object.entries({ [file]: text, ...more })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), withExpressions(content))
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: root,
      encoding: 'utf8',
    }).trim()
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('commit', '--quiet', '--message=a')
  const machine: Machine = {
    ...{ print: () => {}, signal: t.signal, folder: folder.path, repository: 'acme/shop', remote: `file://${root}` },
    ...{ env: { PATH: process.env.PATH }, variables: {}, elsewhere: [], issueToken: () => 's3cr3t-token' },
    secrets: { repository: { COMMON: 's3cr3t-common' }, environments: { prod: { KEY: 's3cr3t-key' } } },
    ...change,
  }
  const event: Event = {
    ...{ name: 'push', ref: 'refs/heads/main', sha: git('rev-parse', 'HEAD'), actor: 'somebody', payload: {} },
  }
  return { event, run: (given: Event = event) => runWorkflow(root, file, given, machine) }
}

const job = (id: string, steps: string, rest = '') =>
  `${id}:\n  runs-on: ubuntu-24.04\n${rest}  steps:\n${steps.trim().replace(/^/gm, '    ')}\n`
const clone = `- uses: ${checkout}\n  with: { persist-credentials: false }\n`
const reading = '  permissions: { contents: read }\n'

test('a job is skipped when one before it failed, unless it says always', async t => {
  const jobs = [
    job('a', '- run: exit 3\n- run: echo never\n- run: echo cleaned\n  if: failure()'),
    job('b', '- run: echo never', '  needs: a\n'),
    job('c', '- run: echo "$RESULT"\n  env: { RESULT: "<% needs.a.result %>" }', '  needs: [a, b]\n  if: always()\n'),
  ]
  const { run } = await open(t, jobs.join(''))
  const { jobs: ran } = await run()
  assert.deepEqual(
    ran.a?.steps.map(({ outcome }) => outcome),
    ['failure', 'skipped', 'success'],
  )
  assert.deepEqual([ran.a?.result, ran.b?.result, ran.c?.result], ['failure', 'skipped', 'success'])
  assert.equal(ran.c?.steps[0]?.output, 'failure')
})

test('what a step sets, later steps of the job see, and no other job; artifacts go across', async t => {
  const first = `${clone}- run: echo "A=1" >> "$GITHUB_ENV" && echo "b=2" >> "$GITHUB_OUTPUT" && echo "# Hi" >> "$GITHUB_STEP_SUMMARY"
  id: sets
- run: mkdir out && echo "$A $B" > out/file
  env: { B: "<% steps.sets.outputs.b %>" }
- uses: actions/upload-artifact@v7
  with: { name: x, path: out/ }`
  const second = `${clone}- uses: actions/download-artifact@v8
  with: { name: x, path: in }
- run: cat in/file && echo "A is <\${A:-}>" && ls out || true`
  const { run } = await open(t, job('a', first, reading) + job('b', second, `  needs: a\n${reading}`))
  const { jobs } = await run()
  assert.equal(jobs.a?.summary, '# Hi\n')
  assert.match(jobs.b?.steps.at(-1)?.output ?? '', /^1 2\nA is <>\nls: /)
})

test('a job hands on the outputs that it declares', async t => {
  const first = job(
    'a',
    '- run: echo "tags=x y" >> "$GITHUB_OUTPUT"\n  id: tag',
    '  outputs: { tags: "<% steps.tag.outputs.tags %>" }\n',
  )
  const second = job('b', '- run: echo "$TAGS"\n  env: { TAGS: "<% needs.a.outputs.tags %>" }', '  needs: a\n')
  const { jobs } = await (await open(t, first + second)).run()
  assert.equal(jobs.b?.steps[0]?.output, 'x y')
})

test('a composite action of the repository gets its inputs, and no secrets', async t => {
  const action = (value: string) => `name: a\ndescription: a\ninputs:\n  word:\n    description: a\nruns:
  using: composite
  steps:
    - shell: bash
      if: inputs.word != ''
      env: { WORD: "${value}" }
      run: echo "got $WORD"`
  const steps = `${clone}- uses: ./act\n  with: { word: w }\n- uses: ./act`
  const good = await open(t, job('a', steps, reading), { 'act/action.yml': action('<% inputs.word %>') })
  const { jobs } = await good.run()
  assert.deepEqual(
    jobs.a?.steps.slice(1).map(({ outcome, output }) => [outcome, output]),
    [
      ['success', 'got w'],
      ['skipped', ''],
    ],
  )
  const bad = await open(t, job('a', steps, reading), { 'act/action.yml': action('<% secrets.COMMON %>') })
  await assert.rejects(bad.run(), /Unrecognized named-value: 'secrets'/)
})

const environmentJob = job(
  'a',
  '- run: test "$KEY" = "$WANTED" && test "$COMMON" = "$ALSO"\n  env: { KEY: "<% secrets.KEY %>", COMMON: "<% secrets.COMMON %>", WANTED: "<% vars.WANTED %>", ALSO: "<% vars.ALSO %>" }',
  '  environment: prod\n',
)
const pull = (head: string) => ({
  pull_request: { head: { ref: 'x', repo: { full_name: head } }, base: { ref: 'main' } },
})

test('secrets of an environment reach its jobs, and none reaches a fork', async t => {
  const given = { WANTED: 's3cr3t-key', ALSO: 's3cr3t-common' }
  const own = await open(t, environmentJob, {}, { variables: given })
  assert.equal((await own.run()).jobs.a?.result, 'success')
  const asPull: Event = { ...own.event, name: 'pull_request', ref: 'refs/pull/1/merge' }
  assert.equal((await own.run({ ...asPull, payload: pull('acme/shop') })).jobs.a?.result, 'success')
  const nothing = await open(t, environmentJob)
  assert.equal((await nothing.run({ ...asPull, payload: pull('other/shop') })).jobs.a?.result, 'success')
})

test('a token has the permissions of its job; that of a fork may write nothing', async t => {
  const issued: Record<string, string>[] = []
  const issueToken = (permissions: Record<string, string>) => `s3cr3t-${issued.push(permissions)}`
  const permissions = '  permissions: { contents: read, packages: write, id-token: write }\n'
  const { run, event } = await open(t, job('a', '- run: "true"', permissions), {}, { issueToken })
  await run()
  await run({ ...event, name: 'pull_request', ref: 'refs/pull/1/merge', payload: pull('other/shop') })
  assert.deepEqual(issued, [
    { contents: 'read', packages: 'write', 'id-token': 'write' },
    { contents: 'read', packages: 'read' },
  ])
})

test('a secret that is printed ends everything', async t => {
  const { run } = await open(t, job('a', '- run: echo "$C"\n  env: { C: "<% secrets.COMMON %>" }'))
  await assert.rejects(run(), { message: 'a: `echo "$C"` has printed COMMON' })
})

test('an action that nobody has described is an error, and so is a clone that leaves its token behind', async t => {
  const unknown = await open(t, job('a', '- uses: someone/something@v1'))
  await assert.rejects(unknown.run(), /^Error: someone\/something@v1: nobody has said what this action does/)
  const careless = await open(t, job('a', `- uses: ${checkout}`, reading))
  assert.equal((await careless.run()).jobs.a?.steps[0]?.output, 'persist-credentials: false is missing')
  const forbidden = await open(t, job('a', clone))
  assert.equal((await forbidden.run()).jobs.a?.steps[0]?.output, 'a job that clones needs `contents: read`')
})

test('a mistake in a workflow is what GitHub says of it', async t => {
  const { run } = await open(t, job('a', '- runs: "true"'))
  await assert.rejects(run(), /Unexpected value 'runs'/)
})
