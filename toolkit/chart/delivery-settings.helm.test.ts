import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/delivery', values)

const root = join(import.meta.dirname, '../..')
const workload = 'StatefulSet/shop'
const container = 'spec.template.spec.containers.0'
const config = {
  destinations: { log: { type: 'console' } },
  metrics: { port: 9464, path: '/m' },
  probes: { port: 8081, live: '/live', ready: '/in' },
}

const variables = (values: Values) => {
  const env = render(values).at(workload, `${container}.env`) as { name: string; value: string }[] // the API's
  return Object.fromEntries(env.map(({ name, value }) => [name, value]))
}

const secretFile = (name: string) => [`${name}_FILE`, `/etc/fairlead/secrets/${name}`]

test('of a Secret that exists, the variables that it is said to have are files', () => {
  const env = variables({ secrets: { existingSecret: { name: 'mine', variables: ['WEBHOOK_TOKEN', 'WEBHOOK_URL'] } } })
  const found = Object.entries(env).filter(([name]) => name.endsWith('_FILE'))
  assert.deepEqual(found, ['WEBHOOK_TOKEN', 'WEBHOOK_URL'].map(secretFile))
})

test('of the keys of a Secret that is made, those that are variables are', () => {
  const data = { WEBHOOK_TOKEN: { key: 'a' }, mine: { key: 'b' } }
  const external = variables({ secrets: { externalSecret: { store: { name: 'vault' }, data } } })
  const plain = variables({ secrets: { plain: { WEBHOOK_TOKEN: 's3cr3t-plain', mine: 's3cr3t-mine' } } })
  for (const env of [external, plain])
    assert.deepEqual(
      Object.entries(env).filter(([name]) => name.endsWith('_FILE')),
      [secretFile('WEBHOOK_TOKEN')],
    )
})

test('a secret stands in the Secret and nowhere else', () => {
  const made = render({ secrets: { plain: { WEBHOOK_TOKEN: 's3cr3t-plain' } } })
  const encoded = Buffer.from('s3cr3t-plain').toString('base64')
  assert.equal(made.at('Secret/shop', 'data.WEBHOOK_TOKEN'), encoded)
  const others = JSON.stringify(made.names.filter(name => name !== 'Secret/shop').map(name => made.at(name)))
  assert.ok(!others.includes('s3cr3t-plain') && !others.includes(encoded))
})

test('without a config there is no file of it, and with one it is the file', () => {
  assert.equal(variables({}).DELIVERY_CONFIG, undefined)
  assert.ok(!render().names.includes('ConfigMap/shop'))
  assert.equal(variables({ config }).DELIVERY_CONFIG, '/etc/fairlead/config/delivery.yaml')
  const text = render({ config }).at('ConfigMap/shop', 'data') as { 'delivery.yaml': string } // ours
  assert.deepEqual(parse(text['delivery.yaml']), config)
})

test('another config, and another plain secret, are other pods', () => {
  const annotations = (values: Values) =>
    JSON.stringify(render(values).at(workload, 'spec.template.metadata.annotations'))
  const all = [
    {},
    { config },
    { secrets: { plain: { mine: 's3cr3t-one' } } },
    { secrets: { plain: { mine: 's3cr3t-two' } } },
  ]
  assert.equal(new Set(all.map(annotations)).size, all.length)
})

test('probes and Prometheus ask where config says', () => {
  const made = render({ config, serviceMonitor: { enabled: true } })
  const probe = (name: string) => made.at(workload, `${container}.${name}.httpGet`)
  assert.deepEqual(probe('startupProbe'), { path: '/live', port: 8081 })
  assert.deepEqual(probe('livenessProbe'), { path: '/live', port: 8081 })
  assert.deepEqual(probe('readinessProbe'), { path: '/in', port: 8081 })
  assert.equal(made.at('Service/shop-pods', 'spec.ports.0.targetPort'), 9464)
  assert.equal(made.at('ServiceMonitor/shop', 'spec.endpoints.0.path'), '/m')
})

test('the rules are those of monitoring/, and the dashboard, too, with every brace', () => {
  const made = render({ prometheusRule: { enabled: true }, dashboards: { enabled: true } })
  const read = (path: string) => readFileSync(join(root, 'monitoring', path), 'utf8')
  const groups = ['rules/delivery-slo.yaml', 'rules/delivery.yaml'].flatMap(path => parse(read(path)).groups)
  assert.deepEqual(made.at('PrometheusRule/shop', 'spec.groups'), groups)
  const dashboards = made.at('ConfigMap/shop-dashboards', 'data') as { 'delivery.json': string } // ours
  assert.equal(dashboards['delivery.json'], read('dashboards/delivery.json'))
})

test('what belongs to operators is made only where a value asks for it', () => {
  const made = render()
  const foreign = made.names.filter(name => /coreos|external-secrets/.test(String(made.at(name, 'apiVersion'))))
  assert.deepEqual(foreign, [])
})
