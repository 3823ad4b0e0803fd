import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparePods } from './pods.ts'

const digest = `sha256:${'a'.repeat(64)}`
const other = `sha256:${'b'.repeat(64)}`
const name = 'ghcr.io/acme/shop/service'

type Change = { spec?: string; runs?: string; ready?: boolean; metadata?: object }
const pod = ({ spec = digest, runs = `${name}@${digest}`, ready = true, metadata = {} }: Change = {}) => ({
  metadata: { name: 'shop-1', ownerReferences: [{ kind: 'ReplicaSet' }], ...metadata },
  spec: {
    containers: [
      { name: 'service', image: `${name}@${spec}` },
      { name: 'flagd', image: 'flagd:v0.16' },
    ],
  },
  status: {
    containerStatuses: [
      { name: 'flagd', imageID: `flagd@${other}`, ready: true },
      { name: 'service', imageID: runs, ready },
    ],
  },
})
const list = (...items: object[]) => JSON.stringify({ items })

const good: [what: string, json: string][] = [
  ['all on it', list(pod(), pod())],
  [
    'an old one on its way out',
    list(pod(), pod({ spec: other, metadata: { deletionTimestamp: '2026-11-21T00:00:00Z' } })),
  ],
  ['a migration of another image', list(pod(), pod({ spec: other, metadata: { ownerReferences: [{ kind: 'Job' }] } }))],
  ['a node that tells the config instead', list(pod({ runs: other }))],
]
for (const [what, json] of good)
  test(`the pods run it: ${what}`, () => assert.match(comparePods(json, digest), /^[12] pods run sha256:a{64}$/))

const bad: [what: string, json: string, message: RegExp][] = [
  ['none', list(), /no pod of the release runs/],
  [
    'an old one',
    list(pod(), pod({ spec: other })),
    /expected sha256:a{64} in every pod: shop-1 is to run ghcr\.io.*@sha256:b/,
  ],
  [
    'one that runs something else than it should',
    list(pod({ runs: `${name}@${other}` })),
    /shop-1 runs ghcr\.io.*@sha256:b/,
  ],
  ['one that is not ready', list(pod({ ready: false })), /shop-1 is not ready/],
  [
    'a tag',
    list({ ...pod(), spec: { containers: [{ name: 'service', image: `${name}:latest` }] } }),
    /is to run ghcr\.io.*:latest/,
  ],
]
for (const [what, json, message] of bad)
  test(`found among the pods: ${what}`, () => assert.throws(() => comparePods(json, digest), message))
