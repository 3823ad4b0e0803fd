import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { start as startStep } from './start.ts'
import { npmSteps, steps } from './steps.ts'
import { createCheckout } from './testing/checkout.ts'
import { launch } from './testing/launcher.ts'

const root = join(import.meta.dirname, '..')

async function call(args: string[], env: NodeJS.ProcessEnv = {}, checkout = root) {
  await using launched = launch(checkout, args, env)
  return { code: await launched.ended, output: launched.output() }
}

test('every step is listed with one sentence, under its own name', async () => {
  const { code, output } = await call([])
  assert.equal(code, 0)
  assert.deepEqual(await call(['--help']), { code, output })
  assert.deepEqual(await call(['help']), { code, output })
  for (const [name, load] of Object.entries({ ...steps, ...npmSteps })) {
    const step = await load()
    assert.equal(step.name, name)
    assert.match(step.summary, /^[A-Z].*\.$/)
    assert.ok(output.includes(`\n  ${name} `), name)
    assert.ok(output.includes(step.summary), name)
  }
})

test('every step has help that begins with how to call it', async () => {
  for (const [name, load] of Object.entries({ ...steps, ...npmSteps })) {
    assert.match((await load()).help, new RegExp(`^Usage: (npm (run )?|\\./fairlead )${name}\\b`))
  }
})

test('help of a step is its summary and its help', async () => {
  const { summary, help } = startStep
  const expected = { code: 0, output: `${summary}\n\n${help}\n` }
  assert.deepEqual(await call(['start', '--help']), expected)
  assert.deepEqual(await call(['help', 'start']), expected)
  assert.deepEqual(await call(['start', '--no-database', '-h']), expected)
})

for (const [args, sentence] of [
  [['strat'], 'there is no step "strat"; did you mean start?'],
  [['help', 'strat'], 'there is no step "strat"; did you mean start?'],
  [['toString'], 'there is no step "toString"'],
  [['deploy-to-the-moon'], 'there is no step "deploy-to-the-moon"'],
  [['start', '--no-databse'], 'unknown option --no-databse; did you mean --no-database?'],
  [['dev', 'now'], "Unexpected argument 'now'"],
  [['test', '--cor'], 'unknown option --cor; did you mean --core?'],
  [['test', 'nowhere'], 'no tests to run: nowhere does not exist'],
  [['test', 'docs'], 'no tests to run: docs holds no *.test.ts'],
] as const) {
  test(`${args.join(' ')} is wrong use`, async () => {
    assert.deepEqual(await call([...args]), { code: 2, output: `fairlead: ${sentence}; see \`./fairlead --help\`\n` })
  })
}

test('an error is one message, and a stack with LOG_LEVEL=debug', async () => {
  const sentence = `fairlead: the environment has a mistake; see .env.example
  PORT: expected a whole number from 0 to 65535, got "http"\n`
  assert.deepEqual(await call(['start'], { PORT: 'http' }), { code: 1, output: sentence })
  const { code, output } = await call(['start'], { PORT: 'http', LOG_LEVEL: 'debug' })
  assert.equal(code, 1)
  assert.ok(output.startsWith(sentence))
  assert.match(output, /\n {4}at runLocally /)
})

// The service of createCheckout answers with its environment.
async function environmentOfService(checkout: string, given: NodeJS.ProcessEnv) {
  await using launched = launch(checkout, ['start', '--no-database'], { PORT: '0', ...given })
  const [, address = ''] = await launched.says(/^service: +(http:\/\/localhost:\d+)/m)
  return (await (await fetch(address)).json()) as NodeJS.Dict<string> // it answers nothing else
}

test('.env is read, the environment wins, and an empty variable is an absent one in both', async () => {
  await using checkout = await createCheckout({
    '.env': 'FROM_FILE=file\nFROM_BOTH=file\nEMPTY_OUTSIDE=file\nEMPTY_INSIDE=\nQUOTED="two words" # why\n',
  })
  const env = await environmentOfService(checkout.path, {
    FROM_BOTH: 'outside',
    EMPTY_OUTSIDE: '',
    EMPTY_INSIDE: 'outside',
    EMPTY: '',
  })
  const names = ['FROM_FILE', 'FROM_BOTH', 'EMPTY_OUTSIDE', 'EMPTY_INSIDE', 'QUOTED', 'EMPTY']
  assert.deepEqual(Object.fromEntries(names.map(name => [name, env[name]])), {
    FROM_FILE: 'file',
    FROM_BOTH: 'outside',
    EMPTY_OUTSIDE: 'file',
    EMPTY_INSIDE: 'outside',
    QUOTED: 'two words',
    EMPTY: undefined,
  })
})

test('a secret named by NAME_FILE outside hides NAME in .env, and the other way round', async () => {
  await using checkout = await createCheckout({ '.env': 'A_TOKEN=file\nB_TOKEN_FILE=/file\n' })
  await writeFile(join(checkout.path, 'token'), 's3cr3t-token-from-a-file')
  const env = await environmentOfService(checkout.path, { A_TOKEN_FILE: '/outside', B_TOKEN: 'outside' })
  const names = ['A_TOKEN', 'A_TOKEN_FILE', 'B_TOKEN', 'B_TOKEN_FILE']
  assert.deepEqual(
    names.map(name => env[name]),
    [undefined, '/outside', 'outside', undefined],
  )
})

test('a .env that cannot be read is named', async () => {
  await using checkout = await createCheckout({ '.env/oops': '' })
  const { code, output } = await call(['start'], {}, checkout.path)
  assert.equal(code, 1)
  assert.match(output, /^fairlead: \.env cannot be read: EISDIR/)
})
