import type { MigrationBuilder, RunnerOption } from 'node-pg-migrate'
import type { Client } from 'pg'
import type { Logger } from 'pino'
import { MIGRATIONS_TABLE, type Migration, MigrationError } from './migrations.ts'

export type Direction = 'up' | 'down'

export type RunOptions = {
  folder: string
  /** Holds the migrations' own tables and node-pg-migrate's; made when it is missing. Default: public. */
  schema: string
  /** For each migration; 0 means none, and a file may set its own. */
  lockTimeoutMs: number
  statementTimeoutMs: number
  log: Pick<Logger, 'info' | 'debug'>
}

type ApplyOptions = RunOptions & { checksums: string }

/** Runs one file and records it. It all happens or nothing does, unless the file says `-- migrate:no-transaction`. */
export async function applyMigration(
  direction: Direction,
  migration: Migration,
  client: Client,
  options: ApplyOptions,
): Promise<void> {
  const file = `${migration.name}.${direction}.sql`
  const fields = { migration: migration.name, direction }
  if (statementsOf(migration[direction]).length === 0) throw new MigrationError(`${file} holds no SQL yet`)
  const { runner } = await import('node-pg-migrate')
  const started = performance.now()
  options.log.info(fields, 'migration started')
  try {
    await resetSession(client, options)
    await runner(runnerOptions(direction, migration, client, options))
  } catch (error) {
    throw new MigrationError(`${file}${explain(migration[direction], error)}`, { cause: error })
  }
  options.log.info({ ...fields, durationMs: Math.round(performance.now() - started) }, 'migration done')
}

async function resetSession(client: Client, { lockTimeoutMs, statementTimeoutMs, log }: RunOptions): Promise<void> {
  await client.query('reset all') // nothing that one file sets reaches the next one
  await client.query(`set lock_timeout = ${lockTimeoutMs}; set statement_timeout = ${statementTimeoutMs}`)
  await client.query(`set time zone 'UTC'`) // node-pg-migrate stores the local time without its zone
  // Without it the server goes on with a long statement, and keeps our lock, after this process was killed.
  await client.query(`set client_connection_check_interval = '1s'`).catch(error => {
    log.debug({ err: error }, 'this server cannot notice a lost client while it works')
  })
}

function runnerOptions(
  direction: Direction,
  migration: Migration,
  client: Client,
  { folder, schema, checksums, log }: ApplyOptions,
): RunnerOption {
  const debug = (message: string) => log.debug({ migration: migration.name }, message)
  return {
    dbClient: client,
    dir: folder,
    ignorePattern: '(?!\\d{14}_.*\\.sql$).*', // a name without a timestamp would make it throw
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: async () => [unitOf(migration, checksums)] }],
    direction,
    file: migration.name,
    count: 1,
    schema,
    migrationsTable: MIGRATIONS_TABLE,
    checkOrder: false, // the plan did, by name; here it goes by clock
    singleTransaction: false, // undefined is not its documented default
    noLock: true, // the session holds the same lock from the plan to the end
    logger: { debug, info: debug, warn: debug, error: debug },
  }
}

// Its own loaders would take .down.sql for an up migration, or send a file without a transaction as one query.
function unitOf({ name, up, down, checksums }: Migration, table: string) {
  const steps = (sql: string, mark: string) => (builder: MigrationBuilder) => {
    if (isOutsideTransaction(sql)) {
      builder.noTransaction()
      for (const statement of statementsOf(sql)) builder.sql(statement)
    } else {
      builder.sql(sql)
    }
    builder.sql(mark)
  }
  const remember = `insert into ${table} (name, up_sha256) values ('${name}', '${checksums.up}')
    on conflict (name) do update set up_sha256 = excluded.up_sha256`
  const forget = `delete from ${table} where name = '${name}'`
  return { id: `${name}.sql`, filePaths: [], actions: { up: steps(up, remember), down: steps(down, forget) } }
}

const isOutsideTransaction = (sql: string) => /^--\s*migrate:no-transaction\s*$/m.test(sql)

// https://www.postgresql.org/docs/15/sql-syntax-lexical.html: strings with and without escapes, quoted names, comments,
// dollar quotes. Neither nested comments nor `begin atomic` bodies; Postgres itself refuses what a wrong cut leaves.
const lexeme =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<end>;)|\be'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$|[\s\S]/gi

/** The statements of a file, without comments: several in one query would share a transaction of their own. */
export function statementsOf(sql: string): string[] {
  const statements = ['']
  for (const { 0: text, groups } of sql.matchAll(lexeme)) {
    if (groups?.end !== undefined) statements.push('')
    else statements.push(`${statements.pop()}${groups?.comment === undefined ? text : ' '}`)
  }
  return statements.map(text => text.trim()).filter(text => text !== '')
}

function explain(sql: string, error: unknown): string {
  if (!(error instanceof Error)) return ` failed: ${String(error)}`
  // As pg documents. Its `detail` stays out: it quotes the rows in question.
  const { code, position } = error as Error & { code?: string; position?: string }
  const outside = isOutsideTransaction(sql)
  const line = position && !outside ? `, line ${sql.slice(0, Number(position) - 1).split('\n').length}` : ''
  const hint = {
    '55P03': '; somebody held a lock for MIGRATE_LOCK_TIMEOUT_MS',
    '57014': '; see MIGRATE_STATEMENT_TIMEOUT_MS',
  }
  const left = outside ? 'what its earlier statements did was kept' : 'nothing of it was kept'
  return `${line} failed: ${error.message}${hint[code as keyof typeof hint] ?? ''}; ${left}`
}
