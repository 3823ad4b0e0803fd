import * as v from 'valibot'
import { secretRefs } from './secrets.ts'
import { field, object } from './shape.ts'
import { bytes, duration, line } from './units.ts'

export const path = () => v.pipe(line(200), v.regex(/^\/[\w./-]*$/, 'expected a path such as /webhook'))

const maxBody = field('A larger request is refused with 413.', v.optional(bytes('1KiB', '100MiB'), '3MiB'))
const token = field(
  'What the sender shows as a bearer token; a list, while one is being replaced, takes each of them.',
  v.optional(secretRefs()),
)

const flux = object({
  type: field('Events of Flux, from a Provider of type generic or generic-hmac.', v.literal('flux')),
  path: field('Where it posts.', v.optional(path(), '/webhook')),
  token, // generic: a Secret with headers
  hmacKey: field(
    'The key of X-Signature: the token of a Provider of type generic-hmac; or a list.',
    v.optional(secretRefs()),
  ),
  maxBody,
  sameWithin: field(
    'The same bytes within this time are one message; 0s takes each.',
    v.optional(duration('0s', '24h'), '10m'),
  ),
})

const alertmanager = object({
  type: field('Notifications of Alertmanager, webhook version 4.', v.literal('alertmanager')),
  path: field('Where it posts.', v.optional(path(), '/alertmanager')),
  token,
  username: field('For basic authentication.', v.optional(line(255))),
  password: field('For basic authentication; or a list.', v.optional(secretRefs())),
  maxBody,
})

export const source = v.variant('type', [flux, alertmanager], 'expected type: flux or alertmanager')

export type SourceConfig = v.InferOutput<typeof source>
