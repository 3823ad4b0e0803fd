import { once } from 'node:events'
import { parsePostgresUrl } from '../../../lib/postgres-url.ts'
import { openPostgresOutbox } from '../postgres.ts'

// A replica for tests: says `ready`, waits for a line, then claims (CLAIM_FREE at a time, for CLAIM_LEASE_MS) until
// nothing is due, prints what it got, and stays with it until it is killed or its input ends.
const { LEDGER_URL = '', CLAIM_FREE = '10', CLAIM_LEASE_MS = '60000' } = process.env
const print = (line: string) => process.stdout.write(`${line}\n`)
const outbox = openPostgresOutbox({ address: parsePostgresUrl(LEDGER_URL), timeoutMs: 20_000 })
await outbox.check()
print('ready')
await once(process.stdin, 'data')
for (;;) {
  const capacity = { destination: 'phone', free: Number(CLAIM_FREE), ordered: false }
  const claims = await outbox.claim([capacity], Date.now(), Number(CLAIM_LEASE_MS))
  if (claims.length === 0) break
  for (const { message, attempt, token } of claims) print(JSON.stringify({ id: message.id, attempt, token }))
}
print('done')
await once(process.stdin.resume(), 'end')
await outbox.close()
