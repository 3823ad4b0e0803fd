import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvError } from '../lib/env.ts'
import { loadConfig, type variables } from './config.ts'
import { runProcess } from './testing/process.ts'

function mistakesOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
  } catch (error) {
    assert.ok(error instanceof EnvError)
    return error.message.split('\n  ').slice(1)
  }
  return []
}

const yesNo = 'expected true or false (1/t/yes/y/on, 0/f/no/n/off)'
const long = 'expected at most 253 characters and no control characters'
/** One bad value for each variable, and what is said about it. */
const bad: Record<keyof typeof variables, [value: string, rule: string]> = {
  ENVIRONMENT: ['production', 'expected local, preview, nonprod or prod'],
  HOST: ['a\tb', long],
  PORT: ['65536', 'expected a whole number from 0 to 65535'],
  REVISION: ['a\nb', 'expected at most 64 characters and no control characters'],
  LOG_LEVEL: ['verbose', 'expected trace, debug, info, warn, error or silent'],
  ACCESS_LOG_SAMPLE: ['10%', 'expected a fraction from 0 to 1'],
  DATABASE_URL: ['mysql://db/x', 'expected postgres://'],
  DATABASE_CA_FILE: ['a\tb', 'expected at most 4096 characters and no control characters'],
  DATABASE_POOL_SIZE: ['0', 'expected a whole number from 1 to 1000'],
  DATABASE_TIMEOUT_MS: ['5s', 'expected a whole number from 1 to 600000'],
  READINESS_DATABASE: ['ignore', 'expected degrade or fail'],
  ENABLE_METRICS: ['maybe', yesNo],
  ENABLE_TRACING: ['maybe', yesNo],
  ADMIN_FLAGS_ENABLED: ['maybe', yesNo],
  ADMIN_FLAGS_TOKEN: ['s3cr3t-short', 'expected at least 16 characters'],
  FAULTS_ENABLED: ['maybe', yesNo],
  FLAGD_RESOLVER: ['grpc', 'expected rpc or in-process'],
  FLAGD_HOST: ['a\tb', long],
  FLAGD_PORT: ['0', 'expected a whole number from 1 to 65535'],
  FLAGD_SYNC_PORT: ['65536', 'expected a whole number from 1 to 65535'],
  FLAGD_OFFLINE_FLAG_SOURCE_PATH: ['flags.yaml', 'expected a path that ends in .json'],
  OTEL_SERVICE_NAME: ['a\tb', 'expected at most 255 characters and no control characters'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['localhost:4317', 'expected an http:// or https:// URL'],
  OTEL_TRACES_SAMPLER: ['sometimes', 'expected always_on, always_off, traceidratio, parentbased_always_on'],
  OTEL_TRACES_SAMPLER_ARG: ['2', 'expected a fraction from 0 to 1'],
  BODY_LIMIT_BYTES: ['1MiB', 'expected a whole number from 1 to 104857600'],
  REQUEST_TIMEOUT_MS: ['0', 'expected a whole number from 1 to 600000'],
  SHUTDOWN_GRACE_MS: ['-1', 'expected a whole number from 0 to 600000'],
  SHUTDOWN_TIMEOUT_MS: ['0', 'expected a whole number from 1 to 600000'],
}

for (const [name, [value, rule]] of Object.entries(bad)) {
  test(`${name} refuses a bad value and says the rule`, () => {
    const [mistake = '', ...others] = mistakesOf({ [name]: value })
    assert.ok(mistake.startsWith(`${name}: ${rule}`), mistake)
    assert.deepEqual(others, [])
  })
}

test('secrets are never part of a mistake', () => {
  for (const env of [{ DATABASE_URL: 'postgres://u:s3cr3t-password@h@h/x' }, { ADMIN_FLAGS_TOKEN: 's3cr3t-tiny' }]) {
    assert.equal(mistakesOf(env).length, 1)
    assert.doesNotMatch(mistakesOf(env).join(), /s3cr3t/)
  }
})

test('rules between variables are told together with the others', () => {
  assert.deepEqual(
    mistakesOf({ PORT: 'x', ADMIN_FLAGS_ENABLED: 'yes', SHUTDOWN_GRACE_MS: '100', SHUTDOWN_TIMEOUT_MS: '100' }),
    [
      'PORT: expected a whole number from 0 to 65535, got "x"',
      'ADMIN_FLAGS_TOKEN: required (or ADMIN_FLAGS_TOKEN_FILE) when ADMIN_FLAGS_ENABLED is true',
      'SHUTDOWN_GRACE_MS: expected less than SHUTDOWN_TIMEOUT_MS (100), got "100"',
    ],
  )
})

test('an empty environment gives the defaults', () => {
  const { ENVIRONMENT, PORT, postgres, READINESS_DATABASE, ENABLE_METRICS, ENABLE_TRACING } = loadConfig({})
  assert.deepEqual(
    { ENVIRONMENT, PORT, postgres, READINESS_DATABASE, ENABLE_METRICS, ENABLE_TRACING },
    {
      ENVIRONMENT: 'local',
      PORT: 8080,
      postgres: undefined,
      READINESS_DATABASE: 'degrade',
      ENABLE_METRICS: true,
      ENABLE_TRACING: false,
    },
  )
})

test('the process says every mistake without a stack and exits 1', async t => {
  const service = runProcess(t, { PORT: 'http', LOG_LEVEL: 'loud' })
  assert.deepEqual(await service.exited, { code: 1, signal: null })
  assert.equal(
    service.stderr(),
    `the environment has 2 mistakes; see .env.example
  PORT: expected a whole number from 0 to 65535, got "http"
  LOG_LEVEL: expected trace, debug, info, warn, error or silent, got "loud"
`,
  )
})
