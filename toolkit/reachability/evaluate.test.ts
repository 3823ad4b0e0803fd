import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Endpoint, judge } from './evaluate.ts'
import type { NetworkPolicy } from './policy.ts'
import { createPod } from './world.ts'

const app = createPod('app', 1, 'shop', { app: 'web' })
const friend = createPod('friend', 2, 'friends', { app: 'friend' })
const neighbour = createPod('neighbour', 3, 'shop', { app: 'friend' })
const abroad: Endpoint = { name: 'abroad', address: '203.0.113.7' }
const abroad6: Endpoint = { name: 'abroad6', address: '2001:db8::7' }
const friends = { matchLabels: { 'kubernetes.io/metadata.name': 'friends' } }

const policy = (spec: Partial<NetworkPolicy['spec']>): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'a', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec },
})

type Case = [what: string, policies: NetworkPolicy[], source: Endpoint, allowed: boolean]
const port8080 = [{ port: 8080 }]
const cases: Case[] = [
  ['no policy at all', [], friend, true],
  ['a policy without rules', [policy({})], friend, false],
  ['a policy for other pods', [policy({ podSelector: { matchLabels: { app: 'other' } } })], friend, true],
  ['a policy for the other direction', [policy({ policyTypes: ['Egress'] })], friend, true],
  ['an empty rule', [policy({ ingress: [{}] })], abroad, true],
  ['an empty list of peers', [policy({ ingress: [{ from: [], ports: port8080 }] })], abroad, true],
  ['the right namespace', [policy({ ingress: [{ from: [{ namespaceSelector: friends }] }] })], friend, true],
  ['the wrong namespace', [policy({ ingress: [{ from: [{ namespaceSelector: friends }] }] })], neighbour, false],
  ['pods of the own namespace', [policy({ ingress: [{ from: [{ podSelector: {} }] }] })], neighbour, true],
  ['pods of the own namespace only', [policy({ ingress: [{ from: [{ podSelector: {} }] }] })], friend, false],
  [
    'namespace and pod have to be right',
    [policy({ ingress: [{ from: [{ namespaceSelector: friends, podSelector: { matchLabels: { app: 'x' } } }] }] })],
    friend,
    false,
  ],
  [
    'of two peers one has to be right',
    [policy({ ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: friends }] }] })],
    friend,
    true,
  ],
  ['no pod is outside of the cluster', [policy({ ingress: [{ from: [{ namespaceSelector: {} }] }] })], abroad, false],
  ['an address', [policy({ ingress: [{ from: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] })], abroad, true],
  [
    'but for this address',
    [policy({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['203.0.113.0/29'] } }] }] })],
    abroad,
    false,
  ],
  ['IPv4 is not in ::/0', [policy({ ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] })], abroad, false],
  ['IPv6 is not in 0.0.0.0/0', [policy({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })], abroad6, false],
  ['IPv6 is in ::/0', [policy({ ingress: [{ from: [{ ipBlock: { cidr: '::/0' } }] }] })], abroad6, true],
  ['the port', [policy({ ingress: [{ ports: port8080 }] })], friend, true],
  ['another port', [policy({ ingress: [{ ports: [{ port: 8081 }] }] })], friend, false],
  ['another protocol', [policy({ ingress: [{ ports: [{ port: 8080, protocol: 'UDP' }] }] })], friend, false],
  ['every port of the protocol', [policy({ ingress: [{ ports: [{ protocol: 'TCP' }] }] })], friend, true],
  ['the name of the port', [policy({ ingress: [{ ports: [{ port: 'http' }] }] })], friend, true],
  ['another name', [policy({ ingress: [{ ports: [{ port: 'metrics' }] }] })], friend, false],
  ['the end of a range', [policy({ ingress: [{ ports: [{ port: 8000, endPort: 8080 }] }] })], friend, true],
  ['after a range', [policy({ ingress: [{ ports: [{ port: 8000, endPort: 8079 }] }] })], friend, false],
  ['two policies add up', [policy({}), policy({ ingress: [{}] })], friend, true],
]

for (const [what, policies, source, allowed] of cases)
  test(`${allowed ? 'allowed' : 'refused'}: ${what}`, () => {
    const traffic = { from: source, to: app, port: 8080, portName: 'http', protocol: 'TCP' } as const
    assert.deepEqual(judge(policies, traffic), { ingress: allowed, egress: true })
  })

test("the sender's policies count, too, and those of other namespaces do not", () => {
  const traffic = { from: app, to: friend, port: 8080, protocol: 'TCP' } as const
  assert.deepEqual(judge([policy({ policyTypes: ['Egress', 'Ingress'] })], traffic), { ingress: true, egress: false })
  const open = policy({ policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: friends }] }] })
  assert.deepEqual(judge([open], traffic), { ingress: true, egress: true })
})
