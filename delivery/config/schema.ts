import * as v from 'valibot'
import { destination } from './destinations.ts'
import { rule } from './rules.ts'
import { field, object } from './shape.ts'
import { path, source } from './sources.ts'
import { bytes, duration, flag, line, name, share, whole, word } from './units.ts'

/** The whole file. What it leaves out has its default, or comes from the environment (sources, destinations). */
export const schema = object({
  $schema: v.optional(line(2048)),
  sources: field(
    'Who may send here, by name. When absent, WEBHOOK_TOKEN opens the sources flux and alertmanager.',
    v.optional(v.record(name(), source, 'expected sources by name')),
  ),
  destinations: field(
    'Who is told, by name. When absent, PUSHOVER_… and WEBHOOK_… name them.',
    v.optional(v.record(name(), destination, 'expected destinations by name')),
  ),
  rules: field(
    'Which message goes where; every rule that matches adds its destinations. When absent, everything goes everywhere.',
    v.optional(v.array(rule, 'expected a list of rules')),
  ),
  episodes: field(
    'Repeated messages of one object and reason become one with a count.',
    v.optional(
      object({
        window: field('How long repeats are counted before they are told.', v.optional(duration('0s', '24h'), '10m')),
        maxAge: field(
          'An episode whose recovery never comes ends after this silence.',
          v.optional(duration('1m', '365d'), '24h'),
        ),
      }),
      {},
    ),
  ),
  dispatcher: field(
    'Who delivers.',
    v.optional(
      object({
        poll: field('The longest wait before the outbox is asked again.', v.optional(duration('10ms', '10m'), '1s')),
        batch: field('Deliveries taken from the outbox at once.', v.optional(whole(1, 10_000), 64)),
        concurrency: field(
          'Deliveries under way at once to one destination that does not say otherwise.',
          v.optional(whole(1, 1000), 8),
        ),
        lease: field(
          'How long a delivery belongs to the worker that took it, or longer where a timeout asks for it.',
          v.optional(duration('1s', '1h'), '1m'),
        ),
      }),
      {},
    ),
  ),
  retention: field(
    'What is removed from the outbox.',
    v.optional(
      object({
        enabled: field('Whether anything is removed.', v.optional(flag(), true)),
        delivered: field(
          'How long a message stays whose deliveries all ended well. Dead letters stay until discarded.',
          v.optional(duration('0s', '3650d'), '48h'),
        ),
        every: field('How often to look.', v.optional(duration('1s', '7d'), '1h')),
      }),
      {},
    ),
  ),
  storage: field(
    'When the outbox or its disk counts as nearly full.',
    v.optional(
      object({
        every: field('How often to look.', v.optional(duration('1s', '1h'), '30s')),
        warning: field('Share of the volume, its inodes or maxSize at which it is told.', v.optional(share(0, 1), 0.8)),
        critical: field('Share at which readiness says so, too.', v.optional(share(0, 1), 0.9)),
        maxSize: field(
          'The largest ledger; beyond it messages are refused with 503. The volume decides when absent.',
          v.optional(bytes('1MiB', '100TiB')),
        ),
      }),
      {},
    ),
  ),
  log: field(
    'What is logged.',
    v.optional(
      object({
        level: field(
          'The least severe level that is written; LOG_LEVEL wins.',
          v.optional(word(['trace', 'debug', 'info', 'warn', 'error', 'silent'])),
        ),
      }),
      {},
    ),
  ),
  metrics: field(
    'For Prometheus.',
    v.optional(
      object({
        enabled: field('Whether they are served.', v.optional(flag(), true)),
        port: field('A port of their own; the one of everything else when absent.', v.optional(whole(0, 65_535))),
        path: field('Where.', v.optional(path(), '/metrics')),
      }),
      {},
    ),
  ),
  probes: field(
    'For Kubernetes and load balancers.',
    v.optional(
      object({
        port: field('A port of their own; the one of everything else when absent.', v.optional(whole(0, 65_535))),
        live: field('Liveness.', v.optional(path(), '/healthz')),
        ready: field('Readiness, with the reasons.', v.optional(path(), '/ready')),
      }),
      {},
    ),
  ),
})

export type Settings = v.InferOutput<typeof schema>
