import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/delivery', values)

const all = 'NetworkPolicy/shop'
const receiver = 'NetworkPolicy/shop-receiver'
const dispatcher = 'NetworkPolicy/shop-dispatcher'
const postgres = { outbox: { store: 'postgres', postgres: { existingSecret: { name: 'database' } } } }
const tcp = (port: number) => [{ port, protocol: 'TCP' }]

test('every pod refuses both directions, and each role adds what it needs', () => {
  const made = render(postgres)
  assert.deepEqual(made.at(all, 'spec.policyTypes'), ['Ingress', 'Egress'])
  assert.deepEqual(made.at(receiver, 'spec.policyTypes'), ['Ingress'])
  assert.deepEqual(made.at(dispatcher, 'spec.policyTypes'), ['Egress'])
  for (const [policy, role] of [
    [receiver, 'receiver'],
    [dispatcher, 'dispatcher'],
  ] as const) {
    const labels = made.at(`Deployment/shop-${role}`, 'spec.template.metadata.labels') as Record<string, string> // the API's
    const chosen = Object.entries(made.at(policy, 'spec.podSelector.matchLabels') as Record<string, string>) // as above
    assert.deepEqual(
      chosen.filter(([key, value]) => labels[key] !== value),
      [],
    )
  }
})

test('Flux and Alertmanager reach the receiver, each as far as it is named', () => {
  const from = (networkPolicy: object) => render({ networkPolicy }).at(receiver, 'spec.ingress.0.from.length')
  assert.deepEqual([from({}), from({ flux: null }), from({ flux: null, alertmanager: null })], [2, 1, undefined])
  assert.deepEqual(render().at(receiver, 'spec.ingress.0.ports'), tcp(8080))
})

test('Prometheus reaches the port of the metrics', () => {
  const made = render({ config: { metrics: { port: 9464 } } })
  assert.deepEqual(made.at(all, 'spec.ingress.1.ports'), tcp(9464))
  assert.equal(render({ networkPolicy: { prometheus: null } }).at(all, 'spec.ingress.length'), 1)
})

test('the database is reached only where there is one', () => {
  const egress = (values: Values) => render(values).at(all, 'spec.egress.1')
  const to = [{ namespaceSelector: { matchLabels: { name: 'databases' } } }]
  assert.equal(egress({}), undefined)
  assert.deepEqual(egress(postgres), { ports: tcp(5432) })
  assert.deepEqual(egress({ ...postgres, networkPolicy: { postgres: { to, port: 6432 } } }), { ports: tcp(6432), to })
})

test('destinations are public addresses at 443, and what else is named', () => {
  const extra = { to: [{ podSelector: {} }], ports: tcp(8080) }
  const made = render({ networkPolicy: { extraEgress: [extra] } })
  const [sinks, further] = made.at(dispatcher, 'spec.egress') as {
    to: { ipBlock: { cidr: string } }[]
    ports: object[]
  }[] // the API's
  assert.deepEqual(
    sinks?.to.map(({ ipBlock }) => ipBlock.cidr),
    ['0.0.0.0/0', '::/0'],
  )
  assert.deepEqual(sinks?.ports, tcp(443))
  assert.deepEqual(further, extra)
})

test('no pod of the release is that of helm test, which reaches the probes', () => {
  const made = render({ config: { probes: { port: 8081 } } })
  const labels = made.at('Pod/shop-test', 'metadata.labels') as Record<string, string> // the API's
  const chosen = made.at(all, 'spec.podSelector.matchLabels') as Record<string, string> // as above
  assert.ok(Object.entries(chosen).some(([key, value]) => labels[key] !== value))
  assert.deepEqual(made.at(all, 'spec.ingress.0.ports'), tcp(8081))
  assert.deepEqual(made.at('NetworkPolicy/shop-test', 'spec.egress.1.ports'), tcp(8081))
})

test('without policies there are none', () => {
  const made = render({ networkPolicy: { enabled: false } })
  assert.deepEqual(
    made.names.toSorted().filter(name => name.startsWith('NetworkPolicy')),
    [],
  )
})
