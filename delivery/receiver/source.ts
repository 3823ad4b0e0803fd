import type { Event } from '../event.ts'
import { parseAlertmanager } from './alertmanager.ts'
import { type Auth, type Credentials, createAuth } from './auth.ts'
import { parseFluxEvent } from './flux.ts'

export type SourceSettings = Credentials & {
  /** Rules match on it, and it is a label of metrics. */
  name: string
  type: 'flux' | 'alertmanager'
  path: string
  maxBodyBytes?: number
  /** The same bytes within this time are one message; 0 takes each. Flux only: Alertmanager's alerts have an identity. */
  sameWithinMs?: number
}

export type Source = Pick<SourceSettings, 'name' | 'type' | 'path'> & {
  auth: Auth
  maxBodyBytes: number
  sameWithinMs: number
  /** Throws BadEvent. */
  parse(body: unknown, now: number): Event[]
}

const MIB = 1024 * 1024

/** Throws when the source has no credentials. */
export function createSource({ name, type, path, maxBodyBytes, sameWithinMs, ...credentials }: SourceSettings): Source {
  return {
    name,
    type,
    path,
    auth: createAuth(credentials),
    maxBodyBytes: maxBodyBytes ?? 3 * MIB,
    sameWithinMs: type === 'flux' ? (sameWithinMs ?? 600_000) : 0,
    parse: (body, now) => (type === 'flux' ? [parseFluxEvent(body, name, now)] : parseAlertmanager(body, name, now)),
  }
}
