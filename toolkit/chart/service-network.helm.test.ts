import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal, release, renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/service', values)
const refused = (values: Values) => refusal('helm/service', values)
const policy = `NetworkPolicy/${release}`
const labels = (component: string) => ({
  'app.kubernetes.io/name': 'hello-world',
  'app.kubernetes.io/instance': release,
  'app.kubernetes.io/component': component,
})
const here = { podSelector: { matchLabels: { a: 'b' } } }
const nobody = {
  ingress: { gateway: [], metrics: [] },
  egress: { dns: { to: [] }, postgres: { to: [] }, otlp: { to: [] } },
}

test('an empty list of peers allows nobody, not everybody', () => {
  const { spec } = render({ networkPolicy: nobody }).at(policy) as { spec: object }
  assert.deepEqual(spec, { podSelector: { matchLabels: labels('service') }, policyTypes: ['Ingress', 'Egress'] })
})

test('each flow has the peers and the port of its values', () => {
  const [gateway, metrics, callers, dns, postgres, otlp, flagd] = 'abcdefg'
    .split('')
    .map(each => [{ namespaceSelector: { matchLabels: { name: each } } }])
  const all = render({
    flags: { source: 'remote', remote: { host: 'flagd', port: 8013, resolver: 'rpc' } },
    networkPolicy: {
      ingress: { gateway, metrics, callers },
      egress: {
        dns: { to: dns, port: 5353 },
        postgres: { to: postgres, port: 6432 },
        otlp: { to: otlp, port: 4319 },
        flagd: { to: flagd },
        more: [{ to: [here], ports: [{ protocol: 'TCP', port: 443 }] }],
      },
    },
  })
  const http = [{ protocol: 'TCP', port: 'http' }]
  assert.deepEqual(
    all.at(policy, 'spec.ingress'),
    [gateway, metrics, callers].map(from => ({ from, ports: http })),
  )
  const both = (port: number) => ['UDP', 'TCP'].map(protocol => ({ protocol, port }))
  const toDatabase = [
    { to: dns, ports: both(5353) },
    { to: postgres, ports: [{ protocol: 'TCP', port: 6432 }] },
  ]
  assert.deepEqual(all.at(policy, 'spec.egress'), [
    ...toDatabase,
    { to: otlp, ports: [{ protocol: 'TCP', port: 4319 }] },
    { to: flagd, ports: [{ protocol: 'TCP', port: 8013 }] },
    { to: [here], ports: [{ protocol: 'TCP', port: 443 }] },
  ])
  const migrate = all.at(`${policy}-migrate`, 'spec')
  const podSelector = { matchLabels: labels('migrate') }
  assert.deepEqual(migrate, { podSelector, policyTypes: ['Ingress', 'Egress'], egress: toDatabase })
})

test('Postgres may be reached only while there is a database, and flagd only when it is elsewhere', () => {
  const egress = (values: Values) => JSON.stringify(render(values).at(policy, 'spec.egress'))
  const flagd = { networkPolicy: { egress: { flagd: { to: [here] } } } }
  assert.match(egress(flagd), /5432/)
  assert.doesNotMatch(egress(flagd), /"a":"b"/)
  assert.doesNotMatch(egress({ database: { enabled: false }, secrets: { source: 'none' } }), /5432/)
})

test('policies can be left to others, and a rule without peers or ports is refused', () => {
  const off = render({ networkPolicy: { enabled: false } })
  assert.ok(!off.names.some(name => name.startsWith('NetworkPolicy')), off.names.join())
  for (const rule of [{ to: [here] }, { to: [], ports: [{ port: 1 }] }, { to: [here], ports: [] }])
    assert.match(refused({ networkPolicy: { egress: { more: [rule] } } }), /networkPolicy\/egress\/more/)
  assert.match(refused({ networkPolicy: { egress: { postgres: { toPodSelector: {} } } } }), /toPodSelector/)
})

test('for helm test, and no longer, a pod of its own reaches the service and nobody else', () => {
  const all = render()
  for (const name of [`Pod/${release}-test`, `${policy}-test`, `${policy}-from-test`])
    assert.equal(all.at(name, 'metadata.annotations.[helm.sh/hook]'), 'test')
  assert.deepEqual(all.at(`Pod/${release}-test`, 'spec.containers.0.env'), [
    { name: 'HOST', value: release },
    { name: 'PORT', value: '80' },
  ])
  assert.deepEqual(all.at(`${policy}-test`, 'spec.egress.1.to'), [{ podSelector: { matchLabels: labels('service') } }])
  assert.deepEqual(all.at(`${policy}-from-test`, 'spec.ingress.0.from'), [
    { podSelector: { matchLabels: labels('test') } },
  ])
})

const paths = { exact: ['/'], prefixes: ['/carts'] }
const hostnames = ['shop.example.com']

test('an HTTPRoute publishes the paths of the values, and nothing else', () => {
  const parentRefs = [{ name: 'public', namespace: 'gateways', sectionName: 'https' }]
  const all = render({ publish: { hostnames, paths, httpRoute: { enabled: true, parentRefs } }, service: { port: 81 } })
  assert.deepEqual(all.at(`HTTPRoute/${release}`, 'spec'), {
    parentRefs,
    hostnames,
    rules: [
      {
        matches: [{ path: { type: 'Exact', value: '/' } }, { path: { type: 'PathPrefix', value: '/carts' } }],
        backendRefs: [{ name: release, port: 81 }],
      },
    ],
  })
})

test('an Ingress publishes the same, with the certificate that cert-manager makes or another one', () => {
  const issuerRef = { kind: 'Issuer', name: 'ca' }
  const certificate = { enabled: true, issuerRef }
  const publish = { hostnames, paths, ingress: { enabled: true, className: 'traefik' }, certificate }
  const all = render({ publish })
  const backend = { service: { name: release, port: { name: 'http' } } }
  assert.deepEqual(all.at(`Ingress/${release}`, 'spec'), {
    ingressClassName: 'traefik',
    tls: [{ secretName: `${release}-tls`, hosts: hostnames }],
    rules: [
      {
        host: hostnames[0],
        http: {
          paths: [
            { path: '/', pathType: 'Exact', backend },
            { path: '/carts', pathType: 'Prefix', backend },
          ],
        },
      },
    ],
  })
  const { secretName, dnsNames, issuerRef: by } = all.at(`Certificate/${release}`, 'spec') as Record<string, unknown>
  assert.deepEqual({ secretName, dnsNames, by }, { secretName: `${release}-tls`, dnsNames: hostnames, by: issuerRef })
  const other = render({ publish: { ...publish, ingress: { enabled: true, tlsSecret: 'theirs' }, certificate: {} } })
  assert.equal(other.at(`Ingress/${release}`, 'spec.tls.0.secretName'), 'theirs')
})

test('nothing is published by default, and nothing without a host name', () => {
  assert.ok(!render().names.some(name => /^(HTTPRoute|Ingress|Certificate)\//.test(name)))
  for (const publish of [{ ingress: { enabled: true } }, { httpRoute: { enabled: true, parentRefs: [{ name: 'a' }] } }])
    assert.match(refused({ publish }), /\/publish.*hostnames/s)
})

for (const [kind, path, hidden] of [
  ['prefixes', '/', '/livez'],
  ['prefixes', '/metrics', '/metrics'],
  ['prefixes', '/admin/flags', '/admin'],
  ['exact', '/readyz', '/readyz'],
  ['exact', '/admin/flags', '/admin'],
  ['prefixes', '/probes', '/probes/alive'],
] as const)
  test(`${path} among the ${kind} is refused, because it would publish ${hidden}`, () => {
    const said = refused({ publish: { paths: { [kind]: [path] } }, probes: { liveness: { path: '/probes/alive' } } })
    assert.ok(said.includes(`publish.paths.${kind}: expected no path that publishes ${hidden}, got ${path}`), said)
  })

test('a path that only begins like a hidden one is published', () => {
  render({ publish: { paths: { exact: ['/metricsgalore'], prefixes: ['/administration'] } } })
})
