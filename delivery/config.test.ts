import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { variables } from './config/env.ts'
import { ConfigError, loadConfig } from './config.ts'
import { temporaryFolder } from './testing/process.ts'

const keys = { PUSHOVER_USER_KEY: 's3cr3t-user', PUSHOVER_API_TOKEN: 's3cr3t-app', WEBHOOK_TOKEN: 's3cr3t-inbound' }

const fileWith = (t: TestContext, text: string) => {
  const file = join(temporaryFolder(t), 'c.yaml')
  writeFileSync(file, text)
  return { DELIVERY_CONFIG: file }
}

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.mistakes.map(mistake => mistake.replace(env.DELIVERY_CONFIG ?? 'c.yaml', 'c.yaml'))
  }
}

test('variables alone name sources and destinations, by reference and never by value', () => {
  const { settings } = loadConfig({ ...keys, WEBHOOK_URL_FILE: '/run/url', WEBHOOK_HMAC_SECRET: 's3cr3t-key' })
  assert.deepEqual(Object.keys(settings.destinations), ['pushover', 'webhook'])
  const { pushover, webhook } = settings.destinations
  assert.ok(pushover?.type === 'pushover' && webhook?.type === 'webhook')
  assert.deepEqual([pushover.userKey, pushover.token], [{ env: 'PUSHOVER_USER_KEY' }, { env: 'PUSHOVER_API_TOKEN' }])
  assert.deepEqual([webhook.url, webhook.signingKeys], [{ file: '/run/url' }, [{ env: 'WEBHOOK_HMAC_SECRET' }]])
  assert.equal(settings.rules, undefined, 'everything goes everywhere')
  assert.ok(!JSON.stringify(settings).includes('s3cr3t-'))
})

test('the default of PUSHOVER_URL is that of the file', () => {
  const { pushover } = loadConfig(keys).settings.destinations
  assert.ok(pushover?.type === 'pushover')
  assert.equal(pushover.url, variables.PUSHOVER_URL.default)
})

test('an empty variable is an absent one', () => {
  const empty = Object.fromEntries(
    Object.keys(variables).flatMap(name => [
      [name, ''],
      [`${name}_FILE`, ' '],
    ]),
  )
  assert.deepEqual(loadConfig(empty), loadConfig({}))
})

test('one half of a pair still makes the destination, which then tells what is missing', () => {
  assert.deepEqual(Object.keys(loadConfig({ PUSHOVER_USER_KEY: 's3cr3t-user' }).settings.destinations), ['pushover'])
  assert.deepEqual(Object.keys(loadConfig({ WEBHOOK_HMAC_SECRET: 's3cr3t-key' }).settings.destinations), ['webhook'])
})

test('what the file has, it decides; what it leaves out, the environment does', t => {
  const withDestinations = fileWith(t, 'destinations: { log: { type: console } }\n')
  const { settings } = loadConfig({ ...keys, ...withDestinations })
  assert.deepEqual(
    [Object.keys(settings.destinations), Object.keys(settings.sources)],
    [['log'], ['flux', 'alertmanager']],
  )
  const withSources = fileWith(t, 'sources: { only: { type: flux } }\nretention: { delivered: 1h }\n')
  const other = loadConfig({ ...keys, ...withSources }).settings
  assert.deepEqual([Object.keys(other.destinations), Object.keys(other.sources)], [['pushover'], ['only']])
})

test('a rule of the file may name a destination of the environment', t => {
  const file = fileWith(t, 'rules: [{ name: all, destinations: [pushover] }]\n')
  assert.deepEqual(mistakesOf({ ...keys, ...file }), [])
})

test('rules between settings are told with their places, with those of the environment', t => {
  const text = `rules:
  - { name: a, destinations: [phon] }
  - { name: a, destinations: [], match: { text: "(" } }
destinations:
  phone: { type: console }
  hook:
    type: webhook
    retry: { minDelay: 2s, maxDelay: 1s }
    allowAddresses: [10.0.0.0/8, 10.0.0.0/33, host]
sources:
  am: { type: alertmanager, username: u, path: /metrics }
storage: { warning: 0.9, critical: 0.8 }
`
  assert.deepEqual(mistakesOf({ PORT: '-1', SHUTDOWN_GRACE_MS: '5', SHUTDOWN_TIMEOUT_MS: '5', ...fileWith(t, text) }), [
    'PORT: expected a whole number from 0 to 65535, got "-1"',
    'SHUTDOWN_GRACE_MS: expected less than SHUTDOWN_TIMEOUT_MS (5), got "5"',
    'c.yaml:2:31: rules.0.destinations.0: no destination is called "phon"; there are: phone, hook',
    'c.yaml:3:7: rules.1.name: "a" is the name of an earlier rule, too',
    'c.yaml:3:43: rules.1.match.text: expected a regular expression in RE2 syntax (no look-around, no back-references), got error parsing regexp: missing closing ): `(`',
    'c.yaml:8:14: destinations.hook.retry.minDelay: expected at most maxDelay',
    'c.yaml:9:34: destinations.hook.allowAddresses.1: expected a range such as 10.0.0.0/8 or fd00::/8, got "10.0.0.0/33"',
    'c.yaml:9:47: destinations.hook.allowAddresses.2: expected a range such as 10.0.0.0/8 or fd00::/8, got "host"',
    'c.yaml:11:29: sources.am.username: username and password go together',
    'c.yaml:11:42: sources.am.path: /metrics is taken',
    'c.yaml:12:12: storage.warning: expected at most storage.critical (0.8)',
  ])
})

test('a secret that senders show is refused where we show it to others, wherever both come from', t => {
  const file = join(temporaryFolder(t), 'secret')
  writeFileSync(file, 's3cr3t-app\n')
  const said = 'hold the same secret: give senders one of their own'
  assert.deepEqual(mistakesOf({ ...keys, WEBHOOK_TOKEN: keys.PUSHOVER_API_TOKEN }), [
    `WEBHOOK_TOKEN and PUSHOVER_API_TOKEN ${said}`,
  ])
  const text = `sources: { a: { type: flux, token: { file: '${file}' } } }\n`
  assert.deepEqual(mistakesOf({ ...keys, ...fileWith(t, text) }), [`sources.a.token and PUSHOVER_API_TOKEN ${said}`])
  const listed = `sources: { a: { type: flux, token: [{ env: WEBHOOK_TOKEN }, { file: '${file}' }] } }\n`
  assert.deepEqual(mistakesOf({ ...keys, ...fileWith(t, listed) }), [
    `sources.a.token.1 and PUSHOVER_API_TOKEN ${said}`,
  ])
})

test('CONSOLE is read as what it is, and told when it is not', () => {
  assert.deepEqual(Object.keys(loadConfig({ CONSOLE: 'yes' }).settings.destinations), ['console'])
  assert.deepEqual(Object.keys(loadConfig({ CONSOLE: 'false' }).settings.destinations), [])
  assert.deepEqual(mistakesOf({ CONSOLE: 'loud' }), [
    'CONSOLE: expected true or false (1/t/yes/y/on, 0/f/no/n/off), got "loud"',
  ])
})

test('both ways to give a secret at once are a mistake', () => {
  assert.deepEqual(mistakesOf({ ...keys, WEBHOOK_TOKEN_FILE: '/run/token' }), [
    'WEBHOOK_TOKEN: set either WEBHOOK_TOKEN or WEBHOOK_TOKEN_FILE, not both',
  ])
})

test('OUTBOX_URL is never shown', () => {
  const [mistake = ''] = mistakesOf({ OUTBOX_URL: 'postgres://u:s3cr3t-password@@h/d' })
  assert.match(mistake, /^OUTBOX_URL: expected postgres:/)
  assert.ok(!mistake.includes('s3cr3t-'))
})
