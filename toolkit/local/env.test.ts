import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, needsDatabase, serviceEnv } from './env.ts'

const local = {
  HOST: '127.0.0.1',
  SHUTDOWN_GRACE_MS: '0',
  FLAGD_RESOLVER: 'in-process',
  FLAGD_OFFLINE_FLAG_SOURCE_PATH: '/checkout/flags/flags.json',
}
const flagd = { FLAGD_HOST: 'flagd.test' }
const DATABASE_URL = 'postgres://a:s3cr3t-local-env@localhost/a'

for (const [what, given, database, expected] of [
  ['a local service gets what suits a laptop', {}, true, local],
  ['the environment wins', { ...local, HOST: '::' }, true, { ...local, HOST: '::' }],
  ['a flagd of its own replaces the flag file', flagd, true, { HOST: '127.0.0.1', SHUTDOWN_GRACE_MS: '0', ...flagd }],
  ['another environment gets nothing added', { ENVIRONMENT: 'prod' }, true, { ENVIRONMENT: 'prod' }],
  ['--no-database hides a configured one', { DATABASE_URL }, false, local],
  ['--no-database hides one in a file', { DATABASE_URL_FILE: '/url' }, false, local],
  ['--no-database hides it elsewhere, too', { ENVIRONMENT: 'prod', DATABASE_URL }, false, { ENVIRONMENT: 'prod' }],
] as const) {
  test(what, () => assert.deepEqual(serviceEnv(given, '/checkout', { database }), expected))
}

for (const [env, database, expected] of [
  [{}, true, true],
  [{ ENVIRONMENT: 'local' }, true, true],
  [{}, false, false],
  [{ ENVIRONMENT: 'preview' }, true, false],
  [{ ENVIRONMENT: 'nonprod' }, true, false],
  [{ ENVIRONMENT: 'prod' }, true, false],
  [{ DATABASE_URL_FILE: '/url' }, true, false],
] as const) {
  test(`${JSON.stringify(env)}${database ? '' : ' --no-database'}: ${expected ? 'a' : 'no'} database is started`, () => {
    assert.equal(needsDatabase(env, { database }), expected)
  })
}

test('a configured database is used', () => assert.equal(needsDatabase({ DATABASE_URL }, { database: true }), false))

for (const [host, address] of [
  [undefined, 'http://localhost:80'],
  ['0.0.0.0', 'http://localhost:80'],
  ['::', 'http://localhost:80'],
  ['192.0.2.7', 'http://192.0.2.7:80'],
  ['2001:db8::7', 'http://[2001:db8::7]:80'],
]) {
  test(`HOST=${host} is found at ${address}`, () => assert.equal(addressOf(host, 80), address))
}
