import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { outboxContract } from './contract.ts'
import type { Outbox } from './outbox.ts'
import { openTestLedger, temporaryFolder } from './testing/sqlite.ts'

outboxContract('SQLite', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'outbox.db')
  const commits: number[] = []
  let outbox: Outbox = await openTestLedger(t, file, { onCommit: messages => commits.push(messages) })
  return {
    ...{ outbox, commits },
    async reopen() {
      await outbox.close()
      outbox = await openTestLedger(t, file)
      return outbox
    },
    // What a kill leaves is what lies on the disk between two commits; sqlite-crash.copy.test.ts kills a real process.
    async kill() {
      const left = join(folder, 'left')
      mkdirSync(left)
      for (const part of ['', '-wal']) copyFileSync(file + part, join(left, `outbox.db${part}`))
      outbox = await openTestLedger(t, join(left, 'outbox.db'))
      return outbox
    },
  }
})
