import * as v from 'valibot'
import { secretRef } from './secrets.ts'
import { field, object } from './shape.ts'
import { duration, flag, line, share, whole, word } from './units.ts'

const retry = object({
  profile: field(
    'The schedule to start from: durable waits up to 24 hours between attempts, fast gives up within seconds.',
    v.optional(word(['durable', 'fast']), 'durable'),
  ),
  maxAttempts: field(
    'Attempts before it becomes a dead letter; the profile decides when absent.',
    v.optional(whole(1, 1000)),
  ),
  maxAge: field('Age of a delivery at which it becomes a dead letter.', v.optional(duration('1s', '365d'))),
  minDelay: field('The first wait; the waits then double up to maxDelay.', v.optional(duration('1ms', '7d'))),
  maxDelay: field('The longest wait.', v.optional(duration('1ms', '7d'))),
  configuration: field(
    'Waits after what a person has to mend (401, 403, 404, certificates); an empty list makes such a status final.',
    v.optional(v.array(duration('1ms', '7d'), 'expected a list of durations')),
  ),
  overload: field('The least wait after a timeout or 429.', v.optional(duration('0s', '7d'))),
  retryAfter: field(
    'How much a Retry-After may ask for; twice the wait in any case.',
    v.optional(duration('0s', '7d')),
  ),
  jitter: field(
    'How far a wait may lie from its value, as a share of it; full is anything from nothing to the whole.',
    v.optional(v.union([share(0, 1), v.literal('full')], 'expected 0 to 1, or full')),
  ),
})

/** What every destination has. */
const common = {
  timeout: field('From the first byte sent to the last one read.', v.optional(duration('10ms', '10m'), '15s')),
  connectTimeout: field('For the connection alone, TLS included.', v.optional(duration('10ms', '10m'), '5s')),
  concurrency: field('Deliveries under way at once; dispatcher.concurrency when absent.', v.optional(whole(1, 1000))),
  ordered: field('What is told about one object arrives in order, one at a time.', v.optional(flag(), false)),
  retry: field('When to try again, and when to give up.', v.optional(retry, {})),
  caFile: field(
    "Certificates (PEM) that may sign the destination's, instead of the well-known ones.",
    v.optional(line(4096)),
  ),
  allowAddresses: field(
    'Private address ranges (CIDR) that this destination may resolve to; others of that kind are refused.',
    v.optional(v.array(line(64), 'expected a list of ranges such as 10.0.0.0/8'), []),
  ),
  insecureSkipVerify: field(
    'Accepts any certificate. Told loudly at start; for trying things out.',
    v.optional(flag(), false),
  ),
}
const type = <const T extends string>(name: T) => field('What kind of destination this is.', v.literal(name))

const ADDRESS = 'expected an address, or {file: …} or {env: …}; the value is not shown'
/** What an environment variable names may also be a private address. */
const address = () => v.union([v.pipe(v.string(ADDRESS), v.maxLength(2048, ADDRESS)), secretRef()], ADDRESS)

const priority = (severity: string) =>
  field(`For ${severity}.`, v.optional(v.picklist([-2, -1, 0, 1, 2], 'expected -2, -1, 0, 1 or 2')))

const pushover = object({
  type: type('pushover'),
  userKey: field('The user or group key.', secretRef()),
  token: field('The application token; never the secret that senders show us.', secretRef()),
  url: field('Where Pushover is.', v.optional(address(), 'https://api.pushover.net/1/messages.json')),
  device: field('Devices of the user, separated by commas; all of them when absent.', v.optional(line(250))),
  sound: field('The sound to play.', v.optional(line(50))),
  priorities: field(
    'Pushover priority (-2 to 2) by severity; what is not named stays at info -1, warning 0, error 1, critical 1.',
    v.optional(
      object({
        info: priority('info'),
        warning: priority('warning'),
        error: priority('error'),
        critical: priority('critical'),
      }),
      {},
    ),
  ),
  repeatEvery: field(
    'Priority 2 only: how often it sounds until somebody confirms it.',
    v.optional(duration('30s', '3h'), '1m'),
  ),
  repeatFor: field('Priority 2 only: when it gives up.', v.optional(duration('30s', '3h'), '1h')),
  ...common,
  concurrency: field('Deliveries under way at once; Pushover allows two connections.', v.optional(whole(1, 2), 2)),
})

const signingKey = secretRef({
  until: field(
    'The time (RFC 3339) after which this key signs no more.',
    v.optional(v.pipe(v.string('expected a time'), v.isoTimestamp('expected a time such as 2026-12-31T00:00:00Z'))),
  ),
})

const webhook = object({
  type: type('webhook'),
  url: field('Where to send; a reference when the address is a secret itself.', v.optional(address())),
  method: field('The method of the request.', v.optional(word(['POST', 'PUT', 'PATCH']), 'POST')),
  format: field(
    'The body: a CloudEvent (structured), its data with ce- headers (binary), or the flat shape.',
    v.optional(word(['structured', 'binary', 'flat']), 'structured'),
  ),
  signingKeys: field(
    'Keys of the Standard Webhooks signature (whsec_…), newest first, two while one is being replaced; each may have an until (RFC 3339).',
    v.optional(
      v.pipe(v.array(signingKey, 'expected a list of references'), v.maxLength(5, 'expected at most 5 keys')),
      [],
    ),
  ),
  bodySignatures: field(
    'Further headers with sha256=<hex> over the body, for receivers that know no other signature.',
    v.optional(v.array(word(['X-Signature', 'X-Hub-Signature-256']), 'expected a list'), []),
  ),
  bodySecret: field(
    'The secret of these, as text; the bytes of the newest signing key when absent.',
    v.optional(secretRef()),
  ),
  headerPrefix: field(
    'Adds X-<prefix>-Signature, X-<prefix>-Event-Id and X-<prefix>-Event-Type.',
    v.optional(v.pipe(line(40), v.regex(/^[A-Za-z\d-]+$/, 'expected letters, digits and -'))),
  ),
  token: field('Sent as a bearer token.', v.optional(secretRef())),
  headers: field(
    'Further headers; a value is text or a reference.',
    v.optional(
      v.record(
        line(256),
        v.union([line(8192), secretRef()], 'expected text, or {file: …} or {env: …}; the value is not shown'),
        'expected headers',
      ),
      {},
    ),
  ),
  ...common,
})

const slack = object({
  type: type('slack'),
  url: field('The address of the incoming webhook, which is a secret.', secretRef()),
  ...common,
})

/** It never fails and never waits, so there is nothing to say about retries. */
const consoleDestination = object({ type: type('console'), ordered: common.ordered })

export const destination = v.variant(
  'type',
  [pushover, webhook, slack, consoleDestination],
  'expected type: pushover, webhook, slack or console',
)

export type DestinationSettings = v.InferOutput<typeof destination>
