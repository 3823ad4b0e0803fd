import * as v from 'valibot'
import { boolean, integer, oneOf, readEnv, text } from '../../lib/env.ts'
import { type PostgresAddress, parsePostgresUrl } from '../../lib/postgres-url.ts'

const MINUTE = 60_000

/** Variables that also come from a file named by `NAME_FILE`, and whose values no error, log or metric shows. */
export const secretVariables = [
  'OUTBOX_URL',
  'DELIVERY_API_TOKEN',
  'WEBHOOK_TOKEN',
  'PUSHOVER_USER_KEY',
  'PUSHOVER_API_TOKEN',
  'SLACK_WEBHOOK_URL',
  'WEBHOOK_URL',
  'WEBHOOK_HMAC_SECRET',
] as const

export type Secret = (typeof secretVariables)[number]

/** What is fixed while the process runs; destinations and who may send are read again at each reload (home-lab.ts). */
const fixed = {
  HOST: v.optional(text(253)), // absent: every interface, IPv6 and IPv4
  PORT: v.optional(integer(0, 65_535), '8080'),
  REVISION: v.optional(text(64), 'unknown'), // the commit; the image sets it
  LOG_LEVEL: v.optional(oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent'])), // absent: log.level of the file
  SHUTDOWN_GRACE_MS: v.optional(integer(0, 10 * MINUTE), '10000'),
  SHUTDOWN_TIMEOUT_MS: v.optional(integer(1, 10 * MINUTE), '25000'),

  OUTBOX_PATH: v.optional(text(4096), '.local/delivery/outbox.db'),
  OUTBOX_URL: v.optional(text(4096)), // absent: SQLite
  DELIVERY_CONFIG: v.optional(text(4096)),
  DELIVERY_API_TOKEN: v.optional(v.pipe(text(1024), v.minLength(16, 'expected at least 16 characters'))),
}

/** Every variable, for .env.example. */
export const variables = {
  ...fixed,
  WEBHOOK_TOKEN: v.optional(text(1024)),
  PUSHOVER_USER_KEY: v.optional(text(1024)),
  PUSHOVER_API_TOKEN: v.optional(text(1024)),
  PUSHOVER_URL: v.optional(text(2048), 'https://api.pushover.net/1/messages.json'),
  SLACK_WEBHOOK_URL: v.optional(text(4096)),
  WEBHOOK_URL: v.optional(text(4096)),
  WEBHOOK_HMAC_SECRET: v.optional(text(1024)),
  CONSOLE: v.optional(boolean(), 'false'),
}

export type Env = Exclude<ReturnType<typeof readFixed>['values'], undefined>

/** `values` is undefined when there is a mistake; `mistakes` has a line for each. */
export function readFixed(env: NodeJS.ProcessEnv) {
  const { values, mistakes } = readEnv(fixed, env, secretVariables)
  const { SHUTDOWN_GRACE_MS, SHUTDOWN_TIMEOUT_MS } = values
  if (
    SHUTDOWN_GRACE_MS !== undefined &&
    SHUTDOWN_TIMEOUT_MS !== undefined &&
    SHUTDOWN_GRACE_MS >= SHUTDOWN_TIMEOUT_MS
  ) {
    mistakes.push(
      `SHUTDOWN_GRACE_MS: expected less than SHUTDOWN_TIMEOUT_MS (${SHUTDOWN_TIMEOUT_MS}), got "${SHUTDOWN_GRACE_MS}"`,
    )
  }
  const postgres = postgresOf(values.OUTBOX_URL, mistakes)
  // No mistakes: every variable has its value.
  const complete = mistakes.length > 0 ? undefined : { ...(values as Required<typeof values>), postgres }
  return { values: complete, mistakes }
}

function postgresOf(url: string | undefined, mistakes: string[]): PostgresAddress | undefined {
  if (url === undefined) return undefined
  try {
    return parsePostgresUrl(url)
  } catch (error) {
    mistakes.push(`OUTBOX_URL: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}
