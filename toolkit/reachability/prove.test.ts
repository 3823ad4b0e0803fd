import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Manifest } from '../chart/manifests-in.ts'
import type { Oracle } from './cyclonus.ts'
import { judge } from './evaluate.ts'
import { mistakes } from './mistakes.ts'
import { prove } from './prove.ts'

const labels = { app: 'web' }
const inNamespace = (name: string, pod?: object) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  ...(pod && { podSelector: { matchLabels: pod } }),
})
const http = [{ port: 'http', protocol: 'TCP' }]

/** A service as small as it can be with everything allowed that it needs. */
const manifests = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { ports: [{ name: 'http', containerPort: 8080 }], env: [{ name: 'DATABASE_URL_FILE', value: '/x' }] },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'web' },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [inNamespace('gateway-system'), inNamespace('monitoring')], ports: http }],
      egress: [
        {
          to: [inNamespace('kube-system', { 'k8s-app': 'kube-dns' })],
          ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }],
        },
        { to: [inNamespace('postgres')], ports: [{ port: 5432 }] },
        {
          to: [inNamespace('monitoring', { 'app.kubernetes.io/name': 'opentelemetry-collector' })],
          ports: [{ port: 4318 }],
        },
      ],
    },
  },
] as unknown as Manifest[] // as they are written here

const agreeing: Oracle = {
  release: '0',
  ask: async questions => questions.map(({ policies, traffic }) => traffic.map(each => judge(policies, each))),
}
const proofOf = (changed: Manifest[], oracle = agreeing) =>
  prove({ chart: 'helm/service', shape: 'small', namespace: 'shop', manifests: changed }, oracle)

/** The policy's rules changed; the copy is nobody else's. */
function change(make: (spec: { ingress: Rule[]; egress: Rule[] }) => void): Manifest[] {
  const copy = structuredClone(manifests)
  make((copy[1] as unknown as { spec: { ingress: Rule[]; egress: Rule[] } }).spec) // the policy above
  return copy
}
type Rule = { from?: object[]; to?: object[]; ports?: object[] }

test('policies that allow what is needed, and no more, pass; mistakes in them would be noticed', async () => {
  const { faults, flows, mistakes: made } = await proofOf(manifests)
  assert.deepEqual(faults, [])
  assert.ok(flows > 20, `${flows} flows`)
  assert.equal(made, mistakes.length - 1) // it has no exceptions that could be forgotten
})

for (const [what, make, fault] of [
  ['a missing rule', spec => spec.egress.splice(1, 1), /web → Postgres TCP 5432 \(running\): has to be allowed/],
  [
    'a door to the internet',
    spec => spec.egress.push({ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }),
    /web → internet .*has to be refused/,
  ],
  ['a door for everybody', spec => spec.ingress.push({}), /stranger → web TCP 8080 \(running\): has to be refused/],
  [
    'the wrong gateway',
    spec => spec.ingress.splice(0, 1, { from: [inNamespace('monitoring')], ports: http }),
    /gateway → web .*has to be allowed/,
  ],
] as [string, Parameters<typeof change>[0], RegExp][]) {
  test(`found, and said by name: ${what}`, async () => {
    const { faults } = await proofOf(change(make))
    assert.match(faults.join('\n'), fault)
  })
}

test('an oracle that says something else is a fault', async () => {
  const other: Oracle = {
    ...agreeing,
    ask: async questions => questions.map(({ traffic }) => traffic.map(() => ({ ingress: true, egress: true }))),
  }
  const { faults } = await proofOf(manifests, other)
  assert.match(
    faults[0] ?? '',
    /^helm\/service small: as rendered: .*we say .*"ingress":false.*, cyclonus says .*"ingress":true/,
  )
})

test('an oracle that answers less than it was asked is a fault', async () => {
  const { faults } = await proofOf(manifests, { ...agreeing, ask: async () => [] })
  assert.match(faults[0] ?? '', /cyclonus says undefined/)
})

test('a shape without policies has no flows, and a chart that nobody described is refused', async () => {
  assert.deepEqual(await proofOf(manifests.slice(0, 1)), { faults: [], flows: 0, mistakes: 0 })
  const unknown = { chart: 'helm/other', shape: 'small', namespace: 'shop', manifests }
  await assert.rejects(prove(unknown, agreeing), { message: /helm\/other: nobody says who may talk to whom/ })
})
