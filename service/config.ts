import * as v from 'valibot'
import { boolean, EnvError, httpUrl, integer, oneOf, ratio, readEnv, text } from '../lib/env.ts'
import { type PostgresAddress, parsePostgresUrl } from '../lib/postgres-url.ts'
import { name } from './name.ts'

const MINUTE = 60_000
const MIB = 1024 * 1024

/** Variables that also come from a file named by `NAME_FILE`, and whose values no error, log or metric shows. */
export const secretVariables = ['DATABASE_URL', 'ADMIN_FLAGS_TOKEN'] as const

export const variables = {
  ENVIRONMENT: v.optional(oneOf(['local', 'preview', 'nonprod', 'prod']), 'local'),
  HOST: v.optional(text(253)), // absent: every interface, IPv6 and IPv4
  PORT: v.optional(integer(0, 65_535), '8080'),
  REVISION: v.optional(text(64), 'unknown'), // the commit; the image sets it
  LOG_LEVEL: v.optional(oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']), 'info'),
  ACCESS_LOG_SAMPLE: v.optional(ratio(), '1'),

  DATABASE_URL: v.optional(text(4096)), // absent: features that need it answer 503
  DATABASE_CA_FILE: v.optional(text(4096)),
  DATABASE_POOL_SIZE: v.optional(integer(1, 1000), '10'),
  DATABASE_TIMEOUT_MS: v.optional(integer(1, 10 * MINUTE), '5000'),
  READINESS_DATABASE: v.optional(oneOf(['degrade', 'fail']), 'degrade'),

  ENABLE_METRICS: v.optional(boolean(), 'true'),
  ENABLE_TRACING: v.optional(boolean(), 'false'),
  ADMIN_FLAGS_ENABLED: v.optional(boolean(), 'false'),
  ADMIN_FLAGS_TOKEN: v.optional(v.pipe(text(1024), v.minLength(16, 'expected at least 16 characters'))),
  FAULTS_ENABLED: v.optional(boolean(), 'false'), // docs/drills.md
  FLAGD_RESOLVER: v.optional(oneOf(['rpc', 'in-process'])),
  FLAGD_HOST: v.optional(text(253)),
  FLAGD_PORT: v.optional(integer(1, 65_535)),
  FLAGD_SYNC_PORT: v.optional(integer(1, 65_535)),
  FLAGD_OFFLINE_FLAG_SOURCE_PATH: v.optional(
    v.pipe(text(4096), v.endsWith('.json', 'expected a path that ends in .json')),
  ),

  OTEL_SERVICE_NAME: v.optional(text(255), name),
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(httpUrl(), 'http://localhost:4318'),
  OTEL_TRACES_SAMPLER: v.optional(
    oneOf([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ]),
    'parentbased_always_on',
  ),
  OTEL_TRACES_SAMPLER_ARG: v.optional(ratio(), '1'),

  BODY_LIMIT_BYTES: v.optional(integer(1, 100 * MIB), String(MIB)),
  REQUEST_TIMEOUT_MS: v.optional(integer(1, 10 * MINUTE), '30000'),
  SHUTDOWN_GRACE_MS: v.optional(integer(0, 10 * MINUTE), '10000'),
  SHUTDOWN_TIMEOUT_MS: v.optional(integer(1, 10 * MINUTE), '25000'),
}

export type Config = ReturnType<typeof loadConfig>

/** Throws one EnvError that lists every mistake, those between variables included. */
export function loadConfig(env: NodeJS.ProcessEnv) {
  const { values, mistakes } = readEnv(variables, env, secretVariables)
  const { ADMIN_FLAGS_ENABLED, ADMIN_FLAGS_TOKEN, SHUTDOWN_GRACE_MS, SHUTDOWN_TIMEOUT_MS } = values
  if (ADMIN_FLAGS_ENABLED && ADMIN_FLAGS_TOKEN === undefined) {
    mistakes.push('ADMIN_FLAGS_TOKEN: required (or ADMIN_FLAGS_TOKEN_FILE) when ADMIN_FLAGS_ENABLED is true')
  }
  if (
    SHUTDOWN_GRACE_MS !== undefined &&
    SHUTDOWN_TIMEOUT_MS !== undefined &&
    SHUTDOWN_GRACE_MS >= SHUTDOWN_TIMEOUT_MS
  ) {
    mistakes.push(
      `SHUTDOWN_GRACE_MS: expected less than SHUTDOWN_TIMEOUT_MS (${SHUTDOWN_TIMEOUT_MS}), got "${SHUTDOWN_GRACE_MS}"`,
    )
  }
  if (values.FAULTS_ENABLED && values.ENVIRONMENT === 'prod') mistakes.push('FAULTS_ENABLED: prod refuses faults')
  const postgres = postgresOf(values.DATABASE_URL, values.DATABASE_CA_FILE, mistakes)
  if (mistakes.length > 0) throw new EnvError(mistakes)
  return { ...(values as Required<typeof values>), postgres } // no mistakes: every variable has its value
}

function postgresOf(
  url: string | undefined,
  caFile: string | undefined,
  mistakes: string[],
): PostgresAddress | undefined {
  if (url === undefined) return undefined
  try {
    return parsePostgresUrl(url, caFile)
  } catch (error) {
    mistakes.push(`DATABASE_URL: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}
