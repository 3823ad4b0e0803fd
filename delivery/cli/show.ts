import type { Outbox } from '../outbox/outbox.ts'
import { printable, table, timeOf } from './table.ts'

export type Found = NonNullable<Awaited<ReturnType<Outbox['find']>>>

/** Everything about one message: what it says, which rule chose it and which did not, what was tried, with which answer. */
export function describe({ message, decisions, deliveries, attempts }: Found): string[] {
  const { subject } = message
  const facts: [string, string | undefined][] = [
    ['id', message.id],
    ['time', timeOf(message.time)],
    ['source', `${message.input} (${message.source})`],
    ['subject', [subject.kind, subject.namespace, subject.name].filter(part => part !== undefined).join('/')],
    ['severity', message.severity],
    ['reason', message.reason],
    ['state', message.count > 1 ? `${message.state}, seen ${message.count} times` : message.state],
    ['revision', message.revision],
    [
      'labels',
      Object.entries(message.labels)
        .map(([label, value]) => `${label}=${value}`)
        .join(' '),
    ],
    ['link', message.link],
  ]
  return [
    printable(message.title),
    '',
    ...facts.filter(([, value]) => value).map(([fact, value]) => `  ${fact.padEnd(9)} ${printable(value ?? '')}`),
    '',
    ...message.text.split('\n').map(line => `  ${printable(line)}`),
    '',
    ...table(
      ['RULE', 'MATCHED', 'BECAUSE', 'DESTINATIONS'],
      decisions.map(each => [each.rule, each.matched ? 'yes' : 'no', each.because, each.destinations.join(', ')]),
    ),
    '',
    ...(deliveries.length === 0 ? ['No rule chose a destination: nobody is told.'] : told(deliveries, attempts)),
  ]
}

const told = (deliveries: Found['deliveries'], attempts: Found['attempts']): string[] => [
  ...table(
    ['DESTINATION', 'STATE', 'ATTEMPTS', 'NEXT'],
    deliveries.map(each => [
      each.destination,
      each.state,
      String(each.attempt),
      each.state === 'pending' || each.state === 'leased' ? timeOf(each.nextAttemptAt) : '',
    ]),
  ),
  '',
  ...(attempts.length === 0
    ? ['Nothing was tried yet.']
    : table(
        ['TRIED', 'DESTINATION', 'ATTEMPT', 'OUTCOME', 'ANSWER'],
        attempts.map(each => [timeOf(each.at), each.destination, String(each.attempt), each.kind, each.answer]),
      )),
]
