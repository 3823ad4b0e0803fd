import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import postgres from 'postgres'
import { copyDataFolder } from '../testing/data-folder.ts'
import { createFolder } from '../testing/folder.ts'
import { databaseUser } from './database-user.ts'
import { stopOrphan } from './orphan.ts'
import { freePort } from './port.ts'
import { startPostgres } from './postgres.ts'
import { npmBinaries } from './postgres-binaries.ts'

async function launcherlessServer(dataDir: string): Promise<ChildProcess> {
  await copyDataFolder(dataDir)
  const user = databaseUser(dataDir)
  const { binDir } = await npmBinaries(`${dataDir}-binaries`, user)
  const settings = [
    '-c',
    `port=${await freePort()}`,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
  ]
  const orphan = spawn(join(binDir, 'postgres'), ['-D', dataDir, ...settings], {
    ...user,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  for await (const chunk of orphan.stderr.setEncoding('utf8')) {
    log += chunk
    if (log.includes('ready to accept connections')) break
  }
  return orphan
}

test('a server whose launcher is gone is stopped in good order, and the data served again', async () => {
  await using folder = await createFolder()
  const dataDir = join(folder.path, 'data')
  const orphan = await launcherlessServer(dataDir)
  const ended = once(orphan, 'exit')
  const lines: string[] = []
  const server = await startPostgres({ dataDir, fsync: false, log: line => lines.push(line) })
  assert.deepEqual(await ended, [0, null])
  assert.ok(
    lines.some(line => line.includes('database system was shut down at')),
    lines.join('\n'),
  )
  const sql = postgres(server.url, { max: 1 })
  assert.equal((await sql`select 1`).count, 1)
  await sql.end()
  await server.stop()
})

test('a pid file whose number is another program now does no harm to either', async () => {
  await using folder = await createFolder()
  const dataDir = join(folder.path, 'data')
  await copyDataFolder(dataDir)
  // Of the same user, as Postgres itself takes any live process of its user for a running server.
  const other = spawn('/bin/sleep', ['1000'], { ...databaseUser(dataDir), stdio: 'ignore' })
  await once(other, 'spawn')
  await writeFile(join(dataDir, 'postmaster.pid'), `${other.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n\nready\n`)
  await (await startPostgres({ dataDir, fsync: false })).stop()
  assert.equal(other.exitCode, null)
  other.kill()
  assert.deepEqual(await once(other, 'exit'), [null, 'SIGTERM'])
})

test('without a pid file there is nothing to do', async () => {
  await using folder = await createFolder()
  await writeFile(join(folder.path, 'PG_VERSION'), '18\n')
  await stopOrphan(folder.path)
  assert.equal(await readFile(join(folder.path, 'PG_VERSION'), 'utf8'), '18\n')
})
