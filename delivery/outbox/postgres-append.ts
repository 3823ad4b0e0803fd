import type { Reply } from './group-commit.ts'
import type { Appended, OnCommit } from './outbox.ts'
import { type AppendPlan, type Arrival, planAppend } from './postgres-append-plan.ts'
import { isSurprise, type KnownRows, readKnown, writeRows } from './postgres-append-statement.ts'
import { type Client, codeOf } from './postgres-client.ts'

type Answered = Reply<Appended[]>

/** Appends the batches of many callers in one commit; one that cannot be written is refused alone. */
export async function appendAll(client: Client, arrivals: readonly Arrival[], onCommit: OnCommit): Promise<Answered[]> {
  try {
    return await appendTogether(client, arrivals, onCommit)
  } catch (error) {
    if (!isAboutData(codeOf(error))) throw error
    if (arrivals.length === 1) return [{ error: new Error('this batch does not fit into Postgres', { cause: error }) }]
    const replies: Answered[] = []
    for (const arrival of arrivals) replies.push(...(await appendAll(client, [arrival], onCommit)))
    return replies
  }
}

/**
 * First as if the ledger knew none of it, which is the rule and costs one round trip. When it does know something, or
 * another replica writes it at this moment, nothing was kept: then look, and plan again.
 */
async function appendTogether(client: Client, arrivals: readonly Arrival[], onCommit: OnCommit): Promise<Answered[]> {
  let known: KnownRows = { messages: [], keys: [] }
  for (let triesLeft = 10; ; triesLeft--) {
    const plan = planAppend(arrivals, known)
    try {
      return await write(client, plan, onCommit)
    } catch (error) {
      if (triesLeft === 0 || !isSurprise(codeOf(error))) throw error
      known = await client.run(sql => readKnown(sql, plan.ids, plan.keys))
    }
  }
}

async function write(
  client: Client,
  { messages, states, verdicts }: AppendPlan,
  onCommit: OnCommit,
): Promise<Answered[]> {
  const isEmpty = messages.length === 0 && states.length === 0
  const rows = isEmpty ? [] : await client.run(sql => writeRows(sql, messages, states))
  if (rows.length > 0) onCommit(rows.length)
  const sequences = new Map(rows.map(({ id, sequence }) => [id, sequence]))
  return verdicts.map(verdict =>
    verdict.kind === 'refused' ? verdict : { value: verdict.answers.map(answer => answer(sequences)) },
  )
}

// SQLSTATE classes 22 (data exception) and 54 (limit exceeded): too long for an index, a number out of range.
const isAboutData = (code: string) => /^(22|54)\w{3}$/.test(code)
