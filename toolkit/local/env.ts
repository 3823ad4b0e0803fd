import { join } from 'node:path'

/** Whether this is a developer's machine; anywhere else `npm start` adds nothing to what the environment says. */
const isLocal = (env: NodeJS.ProcessEnv) => (env.ENVIRONMENT ?? 'local') === 'local'

/** The service's environment: as given, and on a developer's machine with what suits one. */
export function serviceEnv(
  given: NodeJS.ProcessEnv,
  root: string,
  { database }: { database: boolean },
): NodeJS.ProcessEnv {
  const { DATABASE_URL, DATABASE_URL_FILE, ...rest } = given
  const env = database ? given : rest
  if (!isLocal(env)) return env
  const hasFlagd = Object.keys(env).some(name => name.startsWith('FLAGD_'))
  return {
    HOST: '127.0.0.1',
    SHUTDOWN_GRACE_MS: '0', // no load balancer has to notice
    ...(!hasFlagd && {
      FLAGD_RESOLVER: 'in-process',
      FLAGD_OFFLINE_FLAG_SOURCE_PATH: join(root, 'flags/flags.json'),
    }),
    ...env,
  }
}

/** Whether to start a database of our own: never outside a developer's machine, nor beside one that is configured. */
export const needsDatabase = (env: NodeJS.ProcessEnv, { database }: { database: boolean }) =>
  database && isLocal(env) && !env.DATABASE_URL && !env.DATABASE_URL_FILE

/** Where a person on this machine finds what listens on HOST. */
export function addressOf(host: string | undefined, port: number): string {
  const isEverything = host === undefined || ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)
  return `http://${isEverything ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}
