import type { DestinationHealth } from '../health.ts'
import type { Message } from '../message.ts'
import type { Delivery } from '../outbox/outbox.ts'
import type { Client } from './client.ts'
import { describe, type Found } from './show.ts'
import { table, timeOf } from './table.ts'

type Values = Record<string, string | boolean | undefined>
/** `lines` for people; `data` for --json. */
type Result = { lines: string[]; data: unknown }
type Command = {
  usage: string
  summary: string
  /** Names of options that it takes beside those of all. */
  options: readonly string[]
  positionals: 0 | 1
  run(client: Client, values: Values, positional: string): Promise<Result>
}

const text = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)
const filterOf = (values: Values) => ({
  destination: text(values.destination),
  state: text(values.state),
  since: text(values.since),
  subject: text(values.subject),
})
const one = (id: string, action: string, values: Values) => {
  const destination = text(values.destination)
  return `/api/messages/${encodeURIComponent(id)}/${action}${destination ? `?destination=${encodeURIComponent(destination)}` : ''}`
}
const selection = (values: Values) => ({ ...filterOf(values), ...(values.all === true && { all: true }) })

export const commands: Record<string, Command> = {
  list: {
    usage:
      'list [--destination <name>] [--state <state>] [--since <time>] [--subject <kind/namespace/name>] [--limit <n>] [--after <id>]',
    summary:
      'messages and their deliveries, oldest first; --state dead for the dead letters, --state unmatched for messages without a delivery',
    options: ['destination', 'state', 'since', 'subject', 'limit', 'after'],
    positionals: 0,
    async run(client, values) {
      const query = { ...filterOf(values), limit: text(values.limit), after: text(values.after) }
      const data = await client.get<{ items: { message: Message; delivery?: Delivery }[]; next?: string }>(
        '/api/messages',
        query,
      )
      const rows = data.items.map(({ message, delivery }) => [
        message.id,
        timeOf(message.time),
        ...(delivery ? [delivery.destination, delivery.state, String(delivery.attempt)] : ['-', 'unmatched', '0']),
        message.severity,
        message.title.slice(0, 60),
        (delivery?.lastAnswer ?? '').slice(0, 60),
      ])
      const headings = ['ID', 'TIME', 'DESTINATION', 'STATE', 'ATTEMPTS', 'SEVERITY', 'TITLE', 'LAST ANSWER']
      const lines = rows.length === 0 ? ['No message fits.'] : table(headings, rows)
      return { data, lines: data.next === undefined ? lines : [...lines, `More: --after ${data.next}`] }
    },
  },
  show: {
    usage: 'show <id>',
    summary: 'one message: which rule matched, which did not and why, what was tried when, with which answer',
    options: [],
    positionals: 1,
    async run(client, _values, id) {
      const data = await client.get<Found>(`/api/messages/${encodeURIComponent(id)}`)
      return { data, lines: describe(data) }
    },
  },
  replay: {
    usage: 'replay <id> [--destination <name>] | replay --destination <name> | --since <time> | --subject <…> | --all',
    summary: 'tries dead letters again, from the first attempt, with the same id',
    options: ['destination', 'since', 'subject', 'all'],
    positionals: 1,
    async run(client, values, id) {
      const data = id
        ? await client.post<{ count: number; spreadMs: number }>(one(id, 'replay', values))
        : await client.post<{ count: number; spreadMs: number }>('/api/replay', selection(values))
      const spread = data.spreadMs > 0 ? `, spread over ${Math.ceil(data.spreadMs / 1000)} s` : ''
      return { data, lines: [`replayed: ${data.count}${spread}`] }
    },
  },
  discard: {
    usage:
      'discard <id> [--destination <name>] | discard --destination <name> | --state <state> | --since <time> | --subject <…> | --all',
    summary: 'gives up dead letters, so that retention removes them; other states only when named',
    options: ['destination', 'state', 'since', 'subject', 'all'],
    positionals: 1,
    async run(client, values, id) {
      const data = id
        ? await client.post<{ count: number }>(one(id, 'discard', values))
        : await client.post<{ count: number }>('/api/discard', selection(values))
      return { data, lines: [`discarded: ${data.count}`] }
    },
  },
  pause: {
    usage: 'pause <destination> --reason <why>',
    summary: 'keeps what is for a destination until it is resumed',
    options: ['reason'],
    positionals: 1,
    async run(client, values, name) {
      const data = await client.post(`/api/destinations/${encodeURIComponent(name)}/pause`, {
        reason: text(values.reason) ?? '',
      })
      return { data, lines: [`paused: ${name}`] }
    },
  },
  resume: {
    usage: 'resume <destination>',
    summary: 'delivers again, what waited first',
    options: [],
    positionals: 1,
    async run(client, _values, name) {
      const data = await client.post(`/api/destinations/${encodeURIComponent(name)}/resume`)
      return { data, lines: [`resumed: ${name}`] }
    },
  },
  destinations: {
    usage: 'destinations',
    summary: 'how each destination does',
    options: [],
    positionals: 0,
    async run(client) {
      const data = await client.get<{ items: DestinationHealth[] }>('/api/destinations')
      const rows = data.items.map(each => [
        each.name,
        each.type,
        each.state,
        String(each.pending),
        String(each.dead),
        `${Math.round(each.oldestPendingSeconds)} s`,
        each.reason ?? '',
      ])
      return { data, lines: table(['NAME', 'TYPE', 'STATE', 'PENDING', 'DEAD', 'OLDEST', 'REASON'], rows) }
    },
  },
}
