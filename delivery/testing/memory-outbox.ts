import { type Batch, type NewMessage, type Outbox, OutboxUnavailable } from '../outbox/outbox.ts'

/** The write door of an outbox, in memory, for tests of those who write: it can be full, and it can be held up. */
export function memoryOutbox() {
  const messages: NewMessage[] = []
  const batches: Batch[] = []
  const state = new Map<string, Uint8Array>()
  const once = new Map<string, { id: string; until: number }>()
  const control: { unavailable: boolean; gate: Promise<void> | undefined } = { unavailable: false, gate: undefined }
  const outbox: Pick<Outbox, 'append' | 'readState' | 'listState'> = {
    async append(batch, now) {
      await control.gate
      if (control.unavailable) throw new OutboxUnavailable('the ledger is full')
      batches.push(batch)
      for (const { scope, key, bytes } of batch.state) {
        if (bytes === undefined) state.delete(`${scope} ${key}`)
        else state.set(`${scope} ${key}`, bytes)
      }
      return batch.messages.map(message => {
        const first = message.once && once.get(message.once.key)
        if (first && now < first.until) return { id: first.id, sequence: 1, duplicate: true }
        if (message.once) once.set(message.once.key, { id: message.id, until: now + message.once.forMs })
        return { id: message.id, sequence: messages.push(message), duplicate: false }
      })
    },
    readState: async (scope, key) => state.get(`${scope} ${key}`),
    listState: async scope =>
      [...state]
        .filter(([key]) => key.startsWith(`${scope} `))
        .map(([key, bytes]) => ({ key: key.slice(scope.length + 1), bytes })),
  }
  return { outbox, messages, batches, state, control }
}
