import { Writable } from 'node:stream'
import { createLog } from '../../lib/log.ts'
import type { Message } from '../message.ts'
import type { SinkTools } from '../sinks/http-sink.ts'
import type { Attempt } from '../sinks/sink.ts'

/** A fixed Friday in November 2026. */
export const T = Date.UTC(2026, 10, 20, 12)

export const sampleMessage = (over: Partial<Message> = {}): Message => ({
  id: 'message-0001',
  sequence: 7,
  schemaVersion: 1,
  type: 'dev.fairlead.flux.ReconciliationFailed',
  source: '/flux/kustomize-controller',
  input: 'flux',
  subject: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    namespace: 'apps',
    name: 'web',
    uid: 'u-1',
  },
  time: new Date(T - 1000).toISOString(),
  severity: 'error',
  reason: 'ReconciliationFailed',
  title: 'Kustomization apps/web failed',
  text: 'the server said no',
  labels: { team: 'x', env: 'prod' },
  revision: 'main@sha1:0a1b2c3d',
  controller: 'kustomize-controller',
  link: 'https://git.example/apps/commit/0a1b2c3d',
  state: 'firing',
  count: 1,
  ...over,
})

export const firstAttempt = (over: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  now: T,
  signal: new AbortController().signal,
  ...over,
})

/** Tools whose log is kept, line by line. */
export function sinkTools(over: Partial<SinkTools> = {}): SinkTools & { lines: string[] } {
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const { log } = createLog({ name: 'test', level: 'debug', destination })
  return { log, now: () => T, lines, ...over }
}

/** The connection of a destination that listens on this machine. */
export const local = { name: 'local', allowAddresses: ['127.0.0.0/8'] }
