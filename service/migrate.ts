import { fileURLToPath } from 'node:url'
import { EnvError } from '../lib/env.ts'
import { createLog } from '../lib/log.ts'
import type { MigrationState } from '../lib/migration-plan.ts'
import { type MigrateOptions, migrateDown, migrateUp, migrationStatus, type Outcome } from '../lib/migration-runner.ts'
import { NotReady } from '../lib/migration-session.ts'
import { MigrationError } from '../lib/migrations.ts'
import { type Command, parseCommand } from './migrate-command.ts'
import { loadMigrateConfig, type MigrateConfig } from './migrate-config.ts'
import { name } from './name.ts'

// What a Job or a script learns from the exit code.
const exitCodes = { done: 0, failed: 1, wrongUse: 2, notReady: 3 }

const command = commandOrExit()
const config = configOrExit()
const { log } = createLog({
  name,
  level: config.LOG_LEVEL,
  // Written at once: nothing here is so busy that it could not wait. The standard output of status is its table.
  destination: command.kind === 'status' ? process.stderr : process.stdout,
})
// As process 1 of a container we would otherwise not even end.
for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  process.once(signal, () => {
    log.warn({ signal }, 'stopped; Postgres rolls back what was in a transaction')
    process.exit(code)
  })
}
process.exit(await runOrReport())

async function runOrReport(): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof NotReady) {
      log.error({ reason: error.message }, 'gave up waiting; nothing was changed')
      return exitCodes.notReady
    }
    if (error instanceof MigrationError) log.error({ reason: error.message }, 'the migrations failed')
    else log.error({ err: error }, 'the migrations failed')
    return exitCodes.failed
  }
}

async function run(): Promise<number> {
  const options: MigrateOptions = {
    address: config.address,
    applicationName: `${name}-migrate`,
    folder: fileURLToPath(new URL('../migrations/', import.meta.url)),
    waitMs: config.MIGRATE_WAIT_MS,
    lockTimeoutMs: config.MIGRATE_LOCK_TIMEOUT_MS,
    statementTimeoutMs: config.MIGRATE_STATEMENT_TIMEOUT_MS,
    log,
  }
  switch (command.kind) {
    case 'up':
      return report(await migrateUp(options))
    case 'down':
      if (config.ENVIRONMENT === 'prod' && !command.yes) {
        return report({
          kind: 'refused',
          reason: 'ENVIRONMENT is prod, where down may lose data; repeat it with --yes',
        })
      }
      return report(await migrateDown(options, command.count))
    case 'status':
      process.stdout.write(table(await migrationStatus(options)))
      return exitCodes.done
    default:
      return command satisfies never
  }
}

function report(outcome: Outcome): number {
  if (outcome.kind === 'refused') {
    log.error({ reason: outcome.reason }, 'refused; nothing was changed')
    return exitCodes.failed
  }
  if (outcome.kind === 'done') log.info({ migrations: outcome.names }, 'all done')
  else log.info({ reason: outcome.reason }, 'nothing to do')
  return exitCodes.done
}

function table(states: MigrationState[]): string {
  const width = Math.max(0, ...states.map(each => each.name.length))
  return states
    .map(({ name, state, appliedAt }) => `${name.padEnd(width)}  ${state.padEnd(8)}${appliedAt?.toISOString() ?? ''}`)
    .map(line => `${line.trimEnd()}\n`)
    .join('')
}

function commandOrExit(): Command {
  const command = parseCommand(process.argv.slice(2))
  if (command !== undefined) return command
  process.stderr.write('expected: up | down [count] [--yes] | status\n')
  process.exit(exitCodes.wrongUse)
}

function configOrExit(): MigrateConfig {
  try {
    return loadMigrateConfig(process.env)
  } catch (error) {
    if (!(error instanceof EnvError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(exitCodes.failed)
  }
}
