import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { createCheckout } from './testing/checkout.ts'
import { createFolder } from './testing/folder.ts'
import { launch, nobodyLeft } from './testing/launcher.ts'

const passing = "import { test } from 'node:test'\ntest('passes', () => {})\n"
const failing = "import { test } from 'node:test'\ntest('fails', () => { throw new Error('on purpose') })\n"
const asking = `
import { test } from 'node:test'
import postgres from 'postgres'
test('asks', async () => {
  const sql = postgres(process.env.TEST_DATABASE_URL)
  const [row] = await sql\`select current_setting('fsync') as fsync\`
  if (row.fsync !== 'off') throw new Error('fsync is ' + row.fsync)
  await sql.end()
})
`
/** For runs whose tests ask no database: saves the start of one. */
const unused = { TEST_DATABASE_URL: 'postgres://a:b@127.0.0.1:1/a' }
const secret = "'s3cr' + '3t-0001'"

async function runTests(files: Record<string, string>, args: string[], env: NodeJS.ProcessEnv = {}) {
  await using checkout = await createCheckout(files)
  await using launched = launch(checkout.path, ['test', ...args], env)
  const code = await launched.ended
  await nobodyLeft(checkout.path)
  return { code, output: launched.output() }
}

test('the tests under the given paths run on a real Postgres, and the output is one line', async () => {
  const files = { 'service/orders/a.test.ts': asking, 'service/b.test.ts': passing, 'service/c.test.ts': failing }
  const { code, output } = await runTests(files, ['service/orders', 'service/b.test.ts'])
  assert.match(output, /^passed {2}tests +\d+\.\d s {2}2 passed\n$/)
  assert.equal(code, 0)
})

test('a failure is shown in full', async () => {
  const { code, output } = await runTests(
    { 'service/a.test.ts': passing, 'service/c.test.ts': failing },
    ['service'],
    unused,
  )
  assert.equal(code, 1)
  assert.match(output, /Error: on purpose\n +at .*service\/c\.test\.ts:2/)
  assert.match(output, /\nFAILED {2}tests +\d+\.\d s {2}1 passed, 1 fail\nfailed: tests\n$/)
})

test('a secret in the output of a passing test fails the run, and is not shown', async () => {
  const leaking = `${passing}console.log('token', ${secret})`
  const { code, output } = await runTests({ 'service/a.test.ts': leaking }, ['service'], unused)
  assert.equal(code, 1)
  assert.match(output, /^a secret of a test shows in the output of the tests, line \d+: token \[secret\]$/m)
})

test('a secret in a file that a test wrote fails the run', async () => {
  const leaking = `${passing}import { writeFileSync } from 'node:fs'
    writeFileSync(process.env.TEST_OUTPUT_DIR + '/service.log', 'fine\\n' + ${secret})`
  const { code, output } = await runTests({ 'service/a.test.ts': leaking }, ['service'], unused)
  assert.equal(code, 1)
  assert.match(output, /^a secret of a test shows in the service\.log, line 2: \[secret\]$/m)
})

test('--core leaves out the tests that copy the tree', async () => {
  const files = { 'service/a.test.ts': passing, 'service/a.copy.test.ts': failing }
  const { code, output } = await runTests(files, ['service', '--core'], unused)
  assert.match(output, /^passed {2}tests .* 1 passed\n$/)
  assert.equal(code, 0)
})

test('a given server is used', async () => {
  const url = unused.TEST_DATABASE_URL
  const expecting = `${passing}if (process.env.TEST_DATABASE_URL !== '${url}') throw new Error('another')`
  const { code, output } = await runTests({ 'service/a.test.ts': expecting }, ['service'], unused)
  assert.equal(code, 0, output)
})

test('a signal ends everything and cleans up', async () => {
  await using checkout = await createCheckout({
    'service/a.test.ts': `import { writeFileSync } from 'node:fs'
      import { test } from 'node:test'
      test('hangs', () => new Promise(() => { writeFileSync('started', ''); setInterval(() => {}, 1000) }))`,
  })
  await using folder = await createFolder()
  await using launched = launch(checkout.path, ['test', 'service'], { TMPDIR: folder.path })
  while (!readdirSync(checkout.path).includes('started')) await new Promise(setImmediate)
  launched.child.kill('SIGINT')
  assert.equal(await launched.ended, 130)
  assert.equal(launched.output(), '')
  await nobodyLeft(checkout.path)
  await nobodyLeft(folder.path)
  assert.deepEqual(readdirSync(folder.path), [])
})
