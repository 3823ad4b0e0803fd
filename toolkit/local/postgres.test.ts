import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import postgres from 'postgres'
import { copyDataFolder } from '../testing/data-folder.ts'
import { createFolder } from '../testing/folder.ts'
import { type PostgresOptions, startPostgres } from './postgres.ts'

const debian = '/usr/lib/postgresql/15/bin'

async function query<T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1 })
  try {
    return await ask(sql)
  } finally {
    await sql.end()
  }
}

/** A folder with the data of a server that has run before. */
async function createDataFolder() {
  const folder = await createFolder()
  const dataDir = join(folder.path, 'data')
  await copyDataFolder(dataDir)
  return { ...folder, dataDir }
}

async function started(options: Partial<PostgresOptions> & { dataDir: string }) {
  const server = await startPostgres({ fsync: false, ...options })
  return { ...server, [Symbol.asyncDispose]: () => server.stop() }
}

test('data outlives the server, its password too, and two stops are one', async () => {
  await using folder = await createFolder()
  const dataDir = join(folder.path, 'data')
  const first = await startPostgres({ dataDir, fsync: false })
  await query(first.url, sql => sql`create table kept as select 7 as number`)
  await Promise.all([first.stop(), first.stop()])
  await using second = await started({ dataDir })
  assert.deepEqual([...(await query(second.url, sql => sql`select number from kept`))], [{ number: 7 }])
  assert.equal(new URL(second.url).password, new URL(first.url).password)
  assert.deepEqual(await readdir(folder.path), ['data'])
})

test('nobody gets in without the password, and only from this machine; fsync is on', async () => {
  await using folder = await createDataFolder()
  await using server = await started({ dataDir: folder.dataDir, fsync: true })
  const url = new URL(server.url)
  url.password = 's3cr3t-but-wrong'
  await assert.rejects(
    query(url.href, sql => sql`select 1`),
    { code: '28P01' },
  )
  const names = ['listen_addresses', 'unix_socket_directories', 'fsync', 'full_page_writes', 'synchronous_commit']
  const rows = await query(
    server.url,
    sql => sql`select current_setting(name) as value from unnest(${names}::text[]) name`,
  )
  assert.deepEqual(
    rows.map(({ value }) => value),
    ['127.0.0.1', '', 'on', 'on', 'on'],
  )
})

test('the end of the server is told, whoever ends it', async () => {
  await using folder = await createDataFolder()
  const server = await startPostgres({ dataDir: folder.dataDir, fsync: false })
  process.kill(server.pid, 'SIGKILL')
  await server.exited
  await server.stop() // has nothing left to do
})

test('a server that cannot start says why', async () => {
  await using folder = await createDataFolder()
  const settings = { shared_buffers: 'plenty' }
  await assert.rejects(
    startPostgres({ dataDir: folder.dataDir, fsync: false, settings }),
    /^Error: Postgres did not start:\n[\s\S]*invalid value for parameter "shared_buffers": "plenty"/,
  )
})

test('an abort during the first start leaves nothing behind, and the next start works', async () => {
  await using folder = await createFolder()
  const dataDir = join(folder.path, 'data')
  const stop = new AbortController()
  const starting = startPostgres({ dataDir, fsync: false, signal: stop.signal })
  while (!(await readdir(folder.path)).some(entry => entry.startsWith('data.new-'))) await new Promise(setImmediate)
  stop.abort(new Error('enough'))
  await assert.rejects(starting, { message: 'enough' })
  assert.deepEqual(await readdir(folder.path), [])
  await (await startPostgres({ dataDir, fsync: false })).stop()
})

test('data of another major version is refused and not touched', async () => {
  await using folder = await createDataFolder()
  const { dataDir } = folder
  await writeFile(join(dataDir, 'PG_VERSION'), '17\n')
  const before = await readdir(dataDir)
  await assert.rejects(startPostgres({ dataDir, fsync: false }), {
    message: `the data in ${dataDir} is of PostgreSQL 17, and this server is 18: move that folder away to begin with an empty database, or dump and restore it with a server of 17; nothing was changed`,
  })
  assert.deepEqual(await readdir(dataDir), before)
  assert.equal(await readFile(join(dataDir, 'PG_VERSION'), 'utf8'), '17\n')
})

test('a folder of something else is refused and not touched', async () => {
  await using folder = await createFolder()
  await writeFile(join(folder.path, 'notes.txt'), 'mine')
  await assert.rejects(startPostgres({ dataDir: folder.path, fsync: false }), {
    message: `${folder.path} is not a data folder we can use: PG_VERSION is missing; move that folder away to begin with an empty database`,
  })
  assert.deepEqual(await readdir(folder.path), ['notes.txt'])
})

test('the binaries of another server can be used', { skip: !existsSync(debian) && `no ${debian}` }, async () => {
  await using folder = await createFolder()
  await using server = await started({ dataDir: join(folder.path, 'data'), binDir: debian })
  const [row] = await query(server.url, sql => sql`select current_setting('server_version_num')::int / 10000 as major`)
  assert.deepEqual(row, { major: 15 })
})

test('a folder without binaries is named', async () => {
  await using folder = await createFolder()
  await assert.rejects(startPostgres({ dataDir: join(folder.path, 'data'), fsync: false, binDir: folder.path }), {
    message: `cannot run the Postgres in ${folder.path}: cannot run ${folder.path}/postgres: there is no such program (or no such working folder)`,
  })
})
