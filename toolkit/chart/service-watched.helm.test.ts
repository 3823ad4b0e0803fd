import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { refusal, release, renderChart, type Values } from '../testing/render-chart.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const render = (values?: Values) => renderChart('helm/service', values)
const refused = (values: Values) => refusal('helm/service', values)
const deployment = `Deployment/${release}`
const pod = 'spec.template.spec'

test('a flagd in the pod starts before the service, reads the folder of the ConfigMap, and is asked over loopback', () => {
  const all = render({ flags: { source: 'sidecar' } })
  assert.equal(all.at(deployment, `${pod}.initContainers.0.restartPolicy`), 'Always')
  assert.deepEqual(all.at(deployment, `${pod}.initContainers.0.volumeMounts`), [
    { name: 'flags', mountPath: '/etc/flagd', readOnly: true },
  ])
  assert.deepEqual(all.at(deployment, `${pod}.volumes.1`), { name: 'flags', configMap: { name: `${release}-flags` } })
  const file = all.at(`ConfigMap/${release}-flags`, 'data.[flags.json]')
  assert.deepEqual(JSON.parse(String(file)), JSON.parse(read('flags/flags.json')))
  const { FLAGD_RESOLVER, FLAGD_HOST, FLAGD_SYNC_PORT } = all.at(`ConfigMap/${release}`, 'data') as Values
  assert.deepEqual([FLAGD_RESOLVER, FLAGD_HOST, FLAGD_SYNC_PORT], ['in-process', 'localhost', '8015'])
})

test('a flag has another default variant where the values say so, and pods are not started anew for it', () => {
  const sidecar = (variant: string) =>
    render({ flags: { source: 'sidecar', sidecar: { defaultVariants: { tracing_enabled: variant } } } })
  const [off, on] = [sidecar('off'), sidecar('on')]
  const flags = JSON.parse(String(on.at(`ConfigMap/${release}-flags`, 'data.[flags.json]'))).flags
  assert.equal(flags.tracing_enabled.defaultVariant, 'on')
  assert.deepEqual(on.at(deployment), off.at(deployment))
})

test('a flag or a variant that the file does not have is refused', () => {
  const said = (defaultVariants: Values) => refused({ flags: { source: 'sidecar', sidecar: { defaultVariants } } })
  assert.match(
    said({ tracing: 'on' }),
    /flags\.sidecar\.defaultVariants: expected one of .*tracing_enabled, got "tracing"/,
  )
  assert.match(said({ tracing_enabled: 'yes' }), /defaultVariants\.tracing_enabled: expected off or on, got "yes"/)
})

for (const [resolver, variable] of [
  ['rpc', 'FLAGD_PORT'],
  ['in-process', 'FLAGD_SYNC_PORT'],
] as const)
  test(`a flagd elsewhere is asked by ${resolver} at ${variable}`, () => {
    const all = render({ flags: { source: 'remote', remote: { resolver, host: 'flagd.flags', port: 9999 } } })
    const data = all.at(`ConfigMap/${release}`, 'data') as Values
    const given = Object.entries(data).filter(([name]) => name.startsWith('FLAGD_'))
    const expected = { FLAGD_RESOLVER: resolver, FLAGD_HOST: 'flagd.flags', [variable]: '9999' }
    assert.deepEqual(Object.fromEntries(given), expected)
    assert.equal(all.at(deployment, `${pod}.initContainers`), undefined)
  })

test('without flagd nothing names it, and one elsewhere needs a host', () => {
  assert.doesNotMatch(JSON.stringify(render().at(`ConfigMap/${release}`)), /FLAGD/)
  assert.match(refused({ flags: { source: 'remote' } }), /\/flags\/remote\/host/)
})

test('nothing of the Prometheus Operator or of Grafana is made unless asked for', () => {
  assert.ok(!render().names.some(name => /ServiceMonitor|PrometheusRule|dashboards/.test(name)))
})

test('the scrape gives the job that the rules ask for, and finds the Service and no other', () => {
  const serviceMonitor = { enabled: true, interval: '20s', scrapeTimeout: '5s', labels: { release: 'kps' } }
  const all = render({ monitoring: { serviceMonitor } })
  const monitor = `ServiceMonitor/${release}`
  assert.equal(all.at(monitor, 'metadata.labels.release'), 'kps')
  assert.equal(all.at(monitor, 'spec.jobLabel'), 'app.kubernetes.io/name')
  const job = all.at(`Service/${release}`, 'metadata.labels.[app.kubernetes.io/name]')
  assert.match(read('helm/service/files/prometheus-rule.yaml'), new RegExp(`job="${job}"`))
  const labels = all.at(`Service/${release}`, 'metadata.labels') as Values
  for (const [name, value] of Object.entries(all.at(monitor, 'spec.selector.matchLabels') as Values))
    assert.equal(labels[name], value)
  assert.deepEqual(all.at(monitor, 'spec.endpoints'), [
    { port: 'http', path: '/metrics', interval: '20s', scrapeTimeout: '5s' },
  ])
})

test("the rules are those of ./fairlead slo, with Prometheus' templates untouched, under the release's name", () => {
  const all = render({ monitoring: { prometheusRule: { enabled: true, labels: { release: 'kps' } } } })
  const rule = `PrometheusRule/${release}`
  assert.deepEqual(all.at(rule, 'spec'), parse(read('helm/service/files/prometheus-rule.yaml')).spec)
  assert.match(JSON.stringify(all.at(rule)), /\{\{ \$value \| humanizePercentage \}\}/)
  assert.equal(all.at(rule, 'metadata.labels.release'), 'kps')
})

test('the dashboards are a ConfigMap with the labels and annotations that Grafana looks for', () => {
  const all = render({ monitoring: { dashboards: { enabled: true, annotations: { grafana_folder: 'Services' } } } })
  const name = `ConfigMap/${release}-dashboards`
  assert.equal(all.at(name, 'metadata.labels.grafana_dashboard'), '1')
  assert.equal(all.at(name, 'metadata.annotations.grafana_folder'), 'Services')
  const text = all.at(name, 'data.[service.json]')
  assert.deepEqual(JSON.parse(String(text)), JSON.parse(read('monitoring/dashboards/service.json')))
})
