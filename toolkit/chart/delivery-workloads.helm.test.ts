import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/delivery', values)

const postgres = { outbox: { store: 'postgres', postgres: { existingSecret: { name: 'database' } } } }
const workload = 'StatefulSet/shop'
const container = 'spec.template.spec.containers.0'

const workloadsOf = (values: Values) =>
  render(values)
    .names.toSorted()
    .filter(name => /^(StatefulSet|Deployment|PodDisruptionBudget)/.test(name))

test('with SQLite one pod has both roles, a volume that outlives the release, and no budget', () => {
  assert.deepEqual(workloadsOf({}), [workload])
  const made = render()
  assert.equal(made.at(workload, 'spec.replicas'), 1)
  assert.deepEqual(made.at(workload, `${container}.args`), ['/app/delivery/main.js', 'receiver', 'dispatcher'])
  assert.deepEqual(made.at(workload, 'spec.persistentVolumeClaimRetentionPolicy'), {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  })
  assert.equal(made.at(workload, 'spec.volumeClaimTemplates.0.spec.resources.requests.storage'), '1Gi')
})

test('nothing of a claim differs from version to version, because Kubernetes refuses to change one', () => {
  const made = render({ image: { tag: '9.9.9' } })
  assert.deepEqual(made.at(workload, 'spec.volumeClaimTemplates.0.metadata.labels'), {
    'app.kubernetes.io/name': 'fairlead-delivery',
    'app.kubernetes.io/instance': 'shop',
  })
})

test('with Postgres each role is a Deployment with a ServiceAccount and a budget of its own', () => {
  const made = render({ ...postgres, roles: { receiver: { replicas: 3 } } })
  assert.deepEqual(
    made.names.toSorted().filter(name => /-(receiver|dispatcher)$/.test(name)),
    ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'ServiceAccount'].flatMap(kind => [
      `${kind}/shop-dispatcher`,
      `${kind}/shop-receiver`,
    ]),
  )
  assert.equal(made.at('Deployment/shop-receiver', 'spec.replicas'), 3)
  assert.equal(made.at('Deployment/shop-dispatcher', 'spec.replicas'), 1)
  const args = ['/app/delivery/main.js', 'dispatcher']
  assert.deepEqual(made.at('Deployment/shop-dispatcher', `${container}.args`), args)
})

test('a role that is off leaves nothing behind', () => {
  const made = render({ ...postgres, roles: { receiver: { enabled: false } } })
  assert.deepEqual(
    made.names.toSorted().filter(name => name.includes('receiver') || name === 'Service/shop'),
    [],
  )
})

const budgets: [object, object][] = [
  [{}, { maxUnavailable: 1 }],
  [{ maxUnavailable: '25%' }, { maxUnavailable: '25%' }],
  [{ minAvailable: 2 }, { minAvailable: 2 }],
  [{ minAvailable: 0 }, { minAvailable: 0 }],
]
for (const [given, limit] of budgets) {
  test(`a budget of ${JSON.stringify(given)} is ${JSON.stringify(limit)} and nothing else`, () => {
    const made = render({ ...postgres, podDisruptionBudget: given })
    const { selector: _, ...limits } = made.at('PodDisruptionBudget/shop-receiver', 'spec') as Record<string, object> // the API's
    assert.deepEqual(limits, limit)
  })
}

test('without a budget there is none', () => {
  assert.deepEqual(workloadsOf({ ...postgres, podDisruptionBudget: { enabled: false } }), [
    'Deployment/shop-dispatcher',
    'Deployment/shop-receiver',
  ])
})

const digest = `sha256:${'a'.repeat(64)}`
const images: [object, string][] = [
  [{}, ':0.0.0'],
  [{ tag: '1.2.3' }, ':1.2.3'],
  [{ tag: '1.2.3', digest }, `@${digest}`],
]
for (const [image, end] of images) {
  test(`an image of ${JSON.stringify(image)} is pulled as ${end}, by the pod of helm test, too`, () => {
    const made = render({ image: { repository: 'ghcr.io/shop/told', ...image } })
    assert.equal(made.at(workload, `${container}.image`), `ghcr.io/shop/told${end}`)
    assert.equal(made.at('Pod/shop-test', 'spec.containers.0.image'), `ghcr.io/shop/told${end}`)
  })
}

test('a pod has the time to stop that the process takes, and five seconds more', () => {
  const grace = (timeoutMs: number) =>
    render({ shutdown: { graceMs: 0, timeoutMs } }).at(workload, 'spec.template.spec.terminationGracePeriodSeconds')
  assert.deepEqual([grace(25_000), grace(25_001), grace(60_000)], [30, 31, 65])
})

test('no pod gets a token, and nothing gives rights', () => {
  for (const values of [{}, postgres]) {
    const made = render(values)
    const kinds = made.names.map(name => String(made.at(name, 'kind')))
    assert.deepEqual(
      kinds.filter(kind => kind.includes('Role')),
      [],
    )
    const places = {
      ServiceAccount: '',
      StatefulSet: 'spec.template.spec.',
      Deployment: 'spec.template.spec.',
      Pod: 'spec.',
    }
    for (const [kind, place] of Object.entries(places))
      for (const name of made.names.filter(each => each.startsWith(`${kind}/`)))
        assert.equal(made.at(name, `${place}automountServiceAccountToken`), false, name)
  }
})

test('on OpenShift no user and no group is set', () => {
  const security = (openshift: boolean) => render({ openshift }).at(workload, 'spec.template.spec.securityContext')
  const seccompProfile = { type: 'RuntimeDefault' }
  assert.deepEqual(security(true), { runAsNonRoot: true, seccompProfile })
  assert.deepEqual(security(false), {
    ...{ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile },
    ...{ fsGroup: 65532, fsGroupChangePolicy: 'OnRootMismatch' },
  })
})
