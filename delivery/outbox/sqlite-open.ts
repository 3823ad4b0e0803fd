import { closeSync, existsSync, fchmodSync, openSync, renameSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { isCorrupt } from './sqlite-faults.ts'
import { APPLICATION_ID, SCHEMA_VERSION, schema, upgrades } from './sqlite-schema.ts'

/** A ledger that was damaged and put out of the way; its messages are in the file that it became. */
export type SetAside = { file: string; movedTo: string; reason: string }

/**
 * Opens the ledger, or makes it. A damaged one is renamed to `<file>.corrupt-<UTC time>`, told through `onSetAside`, and a
 * new one made. Anything else that is wrong is thrown, and nothing is touched.
 */
export function openDatabase(options: {
  file: string
  busyTimeoutMs: number
  now: number
  wholeCheckBytes: number
  /** Read the whole file even when it is large: something looked damaged. */
  suspicious: boolean
  onSetAside(what: SetAside): void
}): DatabaseSync {
  const { file, now, onSetAside } = options
  const connect = () => {
    createPrivate(file)
    return new DatabaseSync(file, { timeout: options.busyTimeoutMs })
  }
  const first = connect()
  try {
    prepare(first, options)
    return first
  } catch (error) {
    if (!isCorrupt(error) && !(error instanceof Damaged)) {
      first.close()
      throw error
    }
    // Before it is closed: closing removes the log of a file that SQLite cannot make sense of.
    const movedTo = setAside(file, now)
    first.close()
    onSetAside({ file, movedTo, reason: error instanceof Error ? error.message : String(error) })
  }
  const second = connect()
  prepare(second, options)
  return second
}

class Damaged extends Error {}

/**
 * Messages may hold what is not for everybody: a new file is for its owner alone, whatever the umask, and its log gets
 * the mode of the file. One that is there keeps its mode.
 */
function createPrivate(file: string): void {
  if (existsSync(file)) return
  let made: number
  try {
    made = openSync(file, 'wx', 0o600)
  } catch {
    return // the folder is missing or cannot be written: SQLite finds the same, and its error is the one that is explained
  }
  try {
    fchmodSync(made, 0o600)
  } finally {
    closeSync(made)
  }
}

function prepare(
  db: DatabaseSync,
  { file, wholeCheckBytes, suspicious }: { file: string; wholeCheckBytes: number; suspicious: boolean },
): void {
  // The lock is held until the connection ends, so nobody else changes what we keep in memory.
  db.exec('pragma locking_mode = exclusive')
  // Counts only before anything is written; on a ledger that exists it would only rewrite the header.
  if (db.prepare('pragma page_count').get()?.page_count === 0) db.exec('pragma auto_vacuum = incremental')
  db.exec('pragma journal_mode = wal; pragma synchronous = full')
  db.exec('pragma cache_size = -16000; pragma journal_size_limit = 16777216')
  prepareSchema(db, file)
  if (suspicious || statSync(file).size <= wholeCheckBytes) checkWhole(db)
}

function prepareSchema(db: DatabaseSync, file: string): void {
  db.exec('begin immediate')
  const application = db.prepare('pragma application_id').get()?.application_id
  let version = Number(db.prepare('pragma user_version').get()?.user_version)
  const isEmpty = db.prepare('select count(*) n from sqlite_schema').get()?.n === 0
  if (isEmpty) db.exec(`${schema}; pragma application_id = ${APPLICATION_ID}; pragma user_version = ${SCHEMA_VERSION}`)
  else if (application !== APPLICATION_ID)
    throw new Error(`${file} is the database of another program; choose another OUTBOX_PATH`)
  else {
    for (let upgrade = upgrades[version]; upgrade; upgrade = upgrades[version]) {
      version += 1
      db.exec(`${upgrade}; pragma user_version = ${version}`)
    }
    if (version !== SCHEMA_VERSION) {
      throw new Error(
        `${file} has schema version ${version}, expected ${SCHEMA_VERSION}: run the version that wrote it`,
      )
    }
  }
  db.exec('commit')
}

function checkWhole(db: DatabaseSync): void {
  const found = db.prepare('pragma quick_check(1)').get()?.quick_check
  if (found !== 'ok') throw new Damaged(`quick_check: ${found}`)
}

/** With its log, without which some of what was committed would be missing. */
function setAside(file: string, now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  let movedTo = `${file}.corrupt-${time}`
  for (let n = 2; existsSync(movedTo); n += 1) movedTo = `${file}.corrupt-${time}-${n}`
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(file + part)) renameSync(file + part, movedTo + part)
  }
  return movedTo
}
