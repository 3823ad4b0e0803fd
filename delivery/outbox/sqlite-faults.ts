/** The part of an error of node:sqlite that says what happened: https://www.sqlite.org/rescode.html */
const codeOf = (error: unknown): number | undefined => {
  const code = (error as { errcode?: unknown } | undefined)?.errcode // what node:sqlite adds to its errors
  return typeof code === 'number' ? code & 0xff : undefined
}

const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

export const isCorrupt = (error: unknown) => [CORRUPT, NOTADB].includes(codeOf(error) ?? 0)

const CONSTRAINT = 19
const MISMATCH = 20
const RANGE = 25
/** The call was wrong, not the file: only this call fails. */
export const isOfTheCall = (error: unknown) => [undefined, CONSTRAINT, MISMATCH, RANGE].includes(codeOf(error))

/** The connection is as good as before; after any other fault of the file it is opened again. */
export const keepsConnection = (error: unknown) => codeOf(error) === FULL

/** For people: what is wrong with the file and what to do. */
export function explain(error: unknown, file: string): string {
  const text = error instanceof Error ? error.message : String(error)
  switch (codeOf(error)) {
    case BUSY:
    case LOCKED:
      return `the ledger ${file} is in use by another process (${text}); only one may have it, so end that one or set OUTBOX_URL`
    case FULL:
      return `no room left for the ledger ${file} (${text}); free space on its volume`
    case READONLY:
    case IOERR: // what a read-only mount comes to, too
    case CANTOPEN:
      return `the ledger ${file} cannot be written (${text}); check that its folder exists, belongs to this user and is not mounted read-only`
    default:
      return `the ledger ${file} cannot be used now (${text})`
  }
}
