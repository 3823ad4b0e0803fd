import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal, type Values } from '../testing/render-chart.ts'

const url = 'postgres://s3cr3t-user@database/fairlead'
const postgres = { store: 'postgres', postgres: { url } }

/** Values, and what of the complaint names the key. */
const refused: [string, Values, string][] = [
  ['two receivers with SQLite', { roles: { receiver: { replicas: 2 } } }, '/roles/receiver/replicas'],
  ['two dispatchers with SQLite', { roles: { dispatcher: { replicas: 2 } } }, '/roles/dispatcher/replicas'],
  ['only a receiver with SQLite', { roles: { dispatcher: { enabled: false } } }, '/roles/dispatcher/enabled'],
  ['only a dispatcher with SQLite', { roles: { receiver: { enabled: false } } }, '/roles/receiver/enabled'],
  ['a database with SQLite', { outbox: { postgres: { url } } }, '/outbox/postgres/url'],
  ['Postgres without a database', { outbox: { store: 'postgres' } }, '/outbox/postgres/existingSecret/name'],
  [
    'two databases',
    { outbox: { ...postgres, postgres: { url, existingSecret: { name: 'mine' } } } },
    '/outbox/postgres/existingSecret/name',
  ],
  [
    'no role at all',
    { outbox: postgres, roles: { receiver: { enabled: false }, dispatcher: { enabled: false } } },
    '/roles/dispatcher/enabled',
  ],
  ['a watcher, which does not exist yet', { roles: { watcher: { enabled: true } } }, '/roles/watcher/enabled'],
  ['a reconciler, which does not exist yet', { roles: { reconciler: { enabled: true } } }, '/roles/reconciler/enabled'],
  ['an unknown key', { replicas: 2 }, "'replicas' not allowed"],
  ['an unknown key deep inside', { networkPolicy: { dns: { ports: [53] } } }, "'ports' not allowed"],
  ['an unknown key of config', { config: { destination: {} } }, "'destination' not allowed"],
  [
    'a secret in config',
    { config: { sources: { flux: { type: 'flux', token: 's3cr3t-inline' } } } },
    '/config/sources/flux/token',
  ],
  ['a digest that is none', { image: { digest: 'sha256:12' } }, '/image/digest'],
  [
    'secrets from two places',
    { secrets: { existingSecret: { name: 'mine' }, plain: { mine: 's3cr3t-plain' } } },
    '/secrets/plain',
  ],
  [
    'a store without a name',
    { secrets: { externalSecret: { data: { mine: { key: 'a' } } } } },
    '/secrets/externalSecret/store/name',
  ],
  ['a variable that is none', { secrets: { existingSecret: { name: 'mine', variables: ['TOKEN'] } } }, '/variables/0'],
  [
    'metrics that are read but not served',
    { serviceMonitor: { enabled: true }, config: { metrics: { enabled: false } } },
    '/config/metrics/enabled',
  ],
  ['a grace as long as the timeout', { shutdown: { graceMs: 25_000 } }, 'shutdown.graceMs'],
]
for (const [what, values, key] of refused) {
  test(`${what}: refused, with the key and without any secret`, () => {
    const complaint = refusal('helm/delivery', values)
    assert.ok(complaint.includes(key), `expected ${key} in: ${complaint.replaceAll('s3cr3t-', '')}`)
    assert.ok(!complaint.includes('s3cr3t-'), 'the complaint shows a secret')
  })
}
