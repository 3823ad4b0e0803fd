import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Rendered, refusal, release, renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/service', values)
const refused = (values: Values) => refusal('helm/service', values)
const deployment = `Deployment/${release}`
const pod = 'spec.template.spec'
const digest = `sha256:${'0a'.repeat(32)}`
const preview = { env: { ENVIRONMENT: 'preview' } }

test('a digest wins over a tag, in every pod', () => {
  const all = render({ image: { repository: 'example.com/a', tag: '1.2.3', digest } })
  for (const [object, path] of [
    [deployment, `${pod}.containers.0.image`],
    [`Job/${release}-migrate`, `${pod}.containers.0.image`],
    [`Pod/${release}-test`, 'spec.containers.0.image'],
  ] as const)
    assert.equal(all.at(object, path), `example.com/a@${digest}`)
  assert.equal(all.at(deployment, 'metadata.labels.[app.kubernetes.io/version]'), '1.2.3')
})

test('without a digest the tag runs, and without a tag the appVersion', () => {
  const image = (values: Values) => render(values).at(deployment, `${pod}.containers.0.image`)
  assert.equal(image({ image: { repository: 'example.com/a', tag: '1.2.3' } }), 'example.com/a:1.2.3')
  assert.equal(image({ image: { repository: 'example.com/a' } }), 'example.com/a:0.0.0')
})

for (const [timeoutMs, seconds] of [
  [25_000, 30],
  [25_001, 31],
  [600_000, 605],
] as const)
  test(`a pod that stops within ${timeoutMs} ms is given ${seconds} s, and no preStop hook waits on top`, () => {
    const all = render({ env: { SHUTDOWN_TIMEOUT_MS: timeoutMs } })
    assert.equal(all.at(deployment, `${pod}.terminationGracePeriodSeconds`), seconds)
    assert.equal(all.at(deployment, `${pod}.containers.0.lifecycle`), undefined)
    assert.equal(all.at(`ConfigMap/${release}`, 'data.SHUTDOWN_TIMEOUT_MS'), String(timeoutMs))
  })

const pods = (all: Rendered) => [
  all.at(deployment, pod),
  all.at(`Job/${release}-migrate`, pod),
  all.at(`Pod/${release}-test`, 'spec'),
]

for (const openshift of [false, true])
  test(`every pod meets the standard restricted, ${openshift ? 'with ids from OpenShift' : 'as 65532'}`, () => {
    for (const spec of pods(render({ openshift, flags: { source: 'sidecar' } })) as PodSpec[]) {
      assert.deepEqual(spec.securityContext, {
        runAsNonRoot: true,
        ...(!openshift && { runAsUser: 65532, runAsGroup: 65532 }),
        seccompProfile: { type: 'RuntimeDefault' },
      })
      assert.equal(spec.automountServiceAccountToken, false)
      assert.equal(spec.enableServiceLinks, false)
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        assert.ok(container.resources.limits.memory && container.resources.requests.cpu)
      }
    }
  })

type Container = { securityContext: object; resources: Record<'requests' | 'limits', Record<string, string>> }
type PodSpec = {
  securityContext: object
  automountServiceAccountToken: boolean
  enableServiceLinks: boolean
  containers: Container[]
  initContainers?: Container[]
}

test('the heap is the share of the limit that the image says: the chart sets only the limit', () => {
  const dockerfile = readFileSync(join(import.meta.dirname, '../../Dockerfile'), 'utf8')
  assert.match(dockerfile, /NODE_OPTIONS="--max-old-space-size-percentage=50 /)
  const [container] = (render().at(deployment, pod) as PodSpec).containers
  assert.doesNotMatch(JSON.stringify(container), /NODE_OPTIONS/)
  assert.equal(container?.resources.limits.memory, '128Mi')
  assert.match(refused({ extraEnv: [{ name: 'NODE_OPTIONS', value: '' }] }), /extraEnv: expected .* got NODE_OPTIONS/)
})

test('probes have the paths and numbers of the values, under the port that the service listens on', () => {
  const probe = { path: '/healthz', periodSeconds: 7, timeoutSeconds: 8, failureThreshold: 9 }
  const container = render({ probes: { startup: probe, liveness: probe, readiness: probe } }).at(
    deployment,
    `${pod}.containers.0`,
  ) as Record<string, unknown>
  const { path, ...numbers } = probe
  for (const kind of ['startup', 'liveness', 'readiness'])
    assert.deepEqual(container[`${kind}Probe`], { httpGet: { path, port: 'http' }, ...numbers })
  assert.deepEqual(container.ports, [{ name: 'http', containerPort: 8080 }])
})

test('a readiness probe that gives up before the database does is refused, unless there is none', () => {
  const values = { probes: { readiness: { timeoutSeconds: 5 } } }
  assert.match(
    refused(values),
    /probes\.readiness\.timeoutSeconds: expected more than env\.DATABASE_TIMEOUT_MS \(5000 ms\)/,
  )
  render({ ...values, database: { enabled: false } })
})

test('large numbers stay whole, and an empty variable is left out', () => {
  const { data } = render({ env: { BODY_LIMIT_BYTES: 104857600, OTEL_SERVICE_NAME: '' } }).at(
    `ConfigMap/${release}`,
  ) as { data: object }
  assert.equal(Object.entries(data).find(([name]) => name === 'BODY_LIMIT_BYTES')?.[1], '104857600')
  assert.ok(!Object.hasOwn(data, 'OTEL_SERVICE_NAME'))
})

test('a variable or a secret that changes starts the pods anew, and a version of the chart alone does not', () => {
  const annotations = (values: Values) =>
    render(values).at(deployment, 'spec.template.metadata.annotations') as Record<string, string>
  const plain = (DATABASE_URL: string) => ({ secrets: { source: 'plain', plain: { DATABASE_URL } } })
  const [a, b] = [plain('postgres://s3cr3t-a@h/d'), plain('postgres://s3cr3t-b@h/d')].map(annotations)
  assert.equal(a?.['checksum/config'], b?.['checksum/config'])
  assert.notEqual(a?.['checksum/secrets'], b?.['checksum/secrets'])
  assert.notEqual(annotations(preview)['checksum/config'], annotations({})['checksum/config'])
  assert.doesNotMatch(JSON.stringify(render().at(deployment, 'spec.template.metadata')), /helm\.sh\/chart/)
})

test('prod refuses faults and overrides of flags, and other environments take them', () => {
  for (const name of ['FAULTS_ENABLED', 'ADMIN_FLAGS_ENABLED']) {
    assert.match(refused({ env: { [name]: true } }), new RegExp(`/env/${name}`))
    render({ env: { ...preview.env, [name]: true } })
  }
  assert.match(refused({ env: { ENVIRONMENT: 'local' } }), /\/env\/ENVIRONMENT/)
})

test('no pod may call the API, and a ServiceAccount is made unless told otherwise', () => {
  const all = render()
  assert.equal(all.at(`ServiceAccount/${release}`, 'automountServiceAccountToken'), false)
  assert.ok(!all.names.some(name => /^(Cluster)?Role/.test(name)))
  const other = render({ serviceAccount: { create: false, name: 'theirs' } })
  assert.ok(!other.names.includes(`ServiceAccount/${release}`))
  assert.equal(other.at(deployment, `${pod}.serviceAccountName`), 'theirs')
})
