import { type Batch, type Outbox, OutboxUnavailable } from '../outbox/outbox.ts'

/** What a small message takes with its deliveries and indexes; its text comes on top. */
const MESSAGE_BYTES = 1500

/**
 * Holds storage.maxSize for a store that does not compare by itself: Postgres (SQLite does, at each append). Beyond it nothing
 * is taken, and the check says so; deliveries go on. Between two looks at the ledger what comes in is estimated, so it ends
 * near the limit however fast that is. Replicas see what the others wrote at their next look (storage.every).
 */
export function limited(outbox: Outbox, storage: { isFull(): boolean; added(bytes: number): void }): Outbox {
  const refuseWhenFull = () => {
    if (storage.isFull()) throw new OutboxUnavailable('the ledger has reached storage.maxSize')
  }
  return {
    ...outbox,
    async append(batch, now) {
      refuseWhenFull()
      const appended = await outbox.append(batch, now)
      storage.added(sizeOf(batch))
      return appended
    },
    async check() {
      refuseWhenFull()
      await outbox.check()
    },
  }
}

const sizeOf = ({ messages, state }: Batch) =>
  messages.reduce((bytes, { text }) => bytes + MESSAGE_BYTES + Buffer.byteLength(text), 0) +
  state.reduce((bytes, entry) => bytes + (entry.bytes?.length ?? 0), 0)
