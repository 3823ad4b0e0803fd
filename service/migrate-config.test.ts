import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadMigrateConfig } from './migrate-config.ts'

const DATABASE_URL = 'postgres://u:s3cr3t-p@db/shop'

test('only DATABASE_URL is required; an empty variable is an absent one', () => {
  const config = loadMigrateConfig({ DATABASE_URL, MIGRATE_WAIT_MS: ' ', LOG_LEVEL: '' })
  assert.equal(config.address.database, 'shop')
  assert.equal(config.ENVIRONMENT, 'local')
  assert.equal(config.LOG_LEVEL, 'info')
  assert.equal(config.MIGRATE_WAIT_MS, 60_000)
  assert.equal(config.MIGRATE_LOCK_TIMEOUT_MS, 5000)
  assert.equal(config.MIGRATE_STATEMENT_TIMEOUT_MS, 60_000)
})

const bad: [name: string, value: string, message: RegExp][] = [
  ['ENVIRONMENT', 'staging', /ENVIRONMENT: expected local, preview, nonprod or prod, got "staging"/],
  ['LOG_LEVEL', 'loud', /LOG_LEVEL: expected trace/],
  ['DATABASE_URL', '', /DATABASE_URL: required/],
  ['DATABASE_URL', 'postgres://u:s3cr3t-p@db/shop?sslmode=prefer', /DATABASE_URL: sslmode is one of disable/],
  ['DATABASE_URL', 's3cr3t-p', /DATABASE_URL: expected postgres:/],
  ['DATABASE_CA_FILE', '/nowhere.pem', /DATABASE_URL: cannot read the CA file "\/nowhere\.pem" \(ENOENT\)/],
  ['MIGRATE_WAIT_MS', '-1', /MIGRATE_WAIT_MS: expected a whole number from 0 to 3600000, got "-1"/],
  ['MIGRATE_WAIT_MS', '3600001', /MIGRATE_WAIT_MS: expected/],
  ['MIGRATE_LOCK_TIMEOUT_MS', '5s', /MIGRATE_LOCK_TIMEOUT_MS: expected a whole number from 0 to 3600000, got "5s"/],
  ['MIGRATE_STATEMENT_TIMEOUT_MS', '1.5', /MIGRATE_STATEMENT_TIMEOUT_MS: expected a whole number from 0 to 86400000/],
]
for (const [name, value, message] of bad) {
  test(`${name}=${value.replaceAll('s3cr3t', 'secret')} is refused, and no secret shows`, () => {
    assert.throws(
      () => loadMigrateConfig({ DATABASE_URL, [name]: value }),
      (error: Error) => error.name === 'EnvError' && message.test(error.message) && !error.message.includes('s3cr3t-'),
    )
  })
}

test('every mistake is told at once', () => {
  assert.throws(
    () => loadMigrateConfig({ DATABASE_URL: 'x', MIGRATE_WAIT_MS: 'x', MIGRATE_LOCK_TIMEOUT_MS: 'x' }),
    /has 3 mistakes/,
  )
})
