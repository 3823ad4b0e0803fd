import { statfs } from 'node:fs/promises'
import type { Complete } from '../config.ts'
import type { Outbox } from '../outbox/outbox.ts'

export type StorageState = {
  level: 'ok' | 'warning' | 'critical'
  reason?: string
  /** Shares of what is in use; volume and inodes only where the ledger is a file. */
  used: { volume?: number; inodes?: number; ledger?: number }
  bytes: number
  messages: number
}

type Log = Record<'warn' | 'info', (fields: object, sentence: string) => void>

export type StorageOptions = {
  outbox: Pick<Outbox, 'size'>
  /** Of the SQLite file; absent with Postgres, which watches its own disk. */
  folder: string | undefined
  settings: () => Complete['storage']
  log: Log
}

/** Looks at ledger and volume, and tells each change of level once. */
export function createStorageMonitor({ outbox, folder, settings, log }: StorageOptions) {
  let state: StorageState = { level: 'ok', used: {}, bytes: 0, messages: 0 }
  let addedBytes = 0
  return {
    state: () => state,
    /** What came in since the last look counts at once, or a burst between two looks could go far beyond the limit. */
    added(bytes: number) {
      addedBytes += bytes
    },
    /** The ledger has reached its configured size, as far as this process knows. */
    isFull: () => state.bytes + addedBytes >= (settings().maxSize ?? Number.POSITIVE_INFINITY),
    async look(): Promise<void> {
      try {
        const before = state.level
        const counted = addedBytes
        const size = await outbox.size()
        state = judge(size, folder === undefined ? {} : await usedOf(folder), settings())
        addedBytes -= counted // what came meanwhile may count twice, until the next look
        if (state.level === before) return
        const fields = { level: state.level, used: state.used, reason: state.reason }
        if (state.level === 'ok') log.info(fields, 'storage is fine again')
        else log.warn(fields, 'storage is running out')
      } catch (error) {
        log.warn({ err: error }, 'the storage of the outbox cannot be read')
      }
    },
  }
}

export function judge(
  { bytes, messages }: { bytes: number; messages: number },
  volume: { volume?: number; inodes?: number },
  { warning, critical, maxSize }: Complete['storage'],
): StorageState {
  const used = { ...volume, ...(maxSize !== undefined && { ledger: bytes / maxSize }) }
  const [most, share] = Object.entries(used).reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
  const level = share >= critical ? 'critical' : share >= warning ? 'warning' : 'ok'
  const reason = level === 'ok' ? {} : { reason: `${most}: ${Math.floor(share * 100)} % in use` }
  return { level, ...reason, used, bytes, messages }
}

/** As df has it: of what an ordinary user may use. */
async function usedOf(folder: string): Promise<{ volume?: number; inodes?: number }> {
  const { blocks, bfree, bavail, files, ffree } = await statfs(folder)
  const taken = blocks - bfree
  return {
    ...(taken + bavail > 0 && { volume: taken / (taken + bavail) }),
    ...(files > 0 && { inodes: (files - ffree) / files }), // some file systems (btrfs) do not count them
  }
}
