import type { Migration } from './migrations.ts'

/** A row of the migrations table; `checksum` is that of the up file as this database ran it. */
export type Applied = { name: string; appliedAt: Date; checksum: string | undefined }

export type Plan =
  | { kind: 'run'; migrations: Migration[] }
  | { kind: 'nothing'; reason: string }
  | { kind: 'refused'; reason: string }

/** What `up` does. A database that is ahead of this version is fine: the new version migrates before it rolls out. */
export function planUp(migrations: readonly Migration[], applied: readonly Applied[]): Plan {
  const edited = migrations.find(migration => isEdited(migration, applied))
  if (edited !== undefined) {
    return refuse(
      `this database ran another text of ${edited.name}.up.sql; restore the file and write a new migration, or, on a database of your own, run it down and up again`,
    )
  }
  const unknown = unknownNames(migrations, applied)
  const pending = migrations.filter(({ name }) => !applied.some(row => row.name === name))
  const [first] = pending
  if (first === undefined) {
    return {
      kind: 'nothing',
      reason: unknown.length > 0 ? `the database is ahead: ${unknown.join(', ')}` : 'up to date',
    }
  }
  if (unknown.length > 0) {
    return refuse(
      `this database ran ${unknown.join(', ')}, which this version does not have, and lacks ${first.name}, which it has; merge the two versions first`,
    )
  }
  const newest = applied
    .map(row => row.name)
    .sort()
    .at(-1)
  if (newest !== undefined && first.name < newest) {
    return refuse(
      `${first.name} comes before ${newest}, which this database already ran; give its files a later timestamp and run ./fairlead migrate lock`,
    )
  }
  return { kind: 'run', migrations: pending }
}

/** What `down` does: undoes the newest `count`, newest first. An edited one is undone too: that is how one starts over. */
export function planDown(migrations: readonly Migration[], applied: readonly Applied[], count: number): Plan {
  const names = applied
    .map(row => row.name)
    .sort()
    .reverse()
    .slice(0, count)
  if (names.length === 0) return { kind: 'nothing', reason: 'no migration is applied' }
  const found = names.flatMap(name => migrations.find(migration => migration.name === name) ?? [])
  if (found.length === names.length) return { kind: 'run', migrations: found }
  const unknown = names.filter(name => !found.some(migration => migration.name === name))
  return refuse(`this version does not have ${unknown.join(', ')}; run down from the version that has it`)
}

export type MigrationState = { name: string; state: 'applied' | 'edited' | 'pending' | 'unknown'; appliedAt?: Date }

export function migrationStates(migrations: readonly Migration[], applied: readonly Applied[]): MigrationState[] {
  const names = [...new Set([...migrations, ...applied].map(({ name }) => name))].sort()
  return names.map(name => {
    const row = applied.find(row => row.name === name)
    const migration = migrations.find(migration => migration.name === name)
    if (row === undefined) return { name, state: 'pending' }
    if (migration === undefined) return { name, state: 'unknown', appliedAt: row.appliedAt }
    return { name, state: isEdited(migration, applied) ? 'edited' : 'applied', appliedAt: row.appliedAt }
  })
}

function isEdited({ name, checksums }: Migration, applied: readonly Applied[]): boolean {
  const checksum = applied.find(row => row.name === name)?.checksum
  return checksum !== undefined && checksum !== checksums.up
}

const unknownNames = (migrations: readonly Migration[], applied: readonly Applied[]) =>
  applied.map(row => row.name).filter(name => !migrations.some(migration => migration.name === name))

const refuse = (reason: string): Plan => ({ kind: 'refused', reason })
