import type { Ledger } from './sqlite-ledger.ts'
import type { Operations } from './sqlite-operations.ts'

/** Written with messages: see sqlite-append.ts. */
export function createStateReaders({ db }: Ledger): Pick<Operations, 'readState' | 'listState'> {
  const read = db.prepare('select bytes from state where scope = ? and key = ?')
  const list = db.prepare('select key, bytes from state where scope = ? order by key')
  // The column is a strict blob, which node:sqlite reads as bytes.
  const asBytes = (value: unknown) => value as Uint8Array
  return {
    readState({ scope, key }) {
      const row = read.get(scope, key)
      return row && asBytes(row.bytes)
    },
    listState: ({ scope }) => list.all(scope).map(row => ({ key: String(row.key), bytes: asBytes(row.bytes) })),
  }
}
