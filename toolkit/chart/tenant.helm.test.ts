import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { renderChart, type Values } from '../testing/render-chart.ts'
import { findCharts } from './charts.ts'

// flux/base/namespace/role.yaml, held to what helm/service is made of.

const root = join(import.meta.dirname, '../..')
const readYaml = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'))

type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] }
const { rules } = readYaml('flux/base/namespace/role.yaml') as { rules: Rule[] } // a Role
const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']

const allowed = new Set(
  rules
    .filter(rule => verbs.every(verb => rule.verbs.includes(verb)))
    .flatMap(({ apiGroups, resources }) => apiGroups.flatMap(group => resources.map(each => `${group}/${each}`))),
)
const used = new Set<string>()

const service = findCharts(root).find(({ folder }) => folder === 'helm/service')
assert.ok(service && service.shapes.length > 0)

for (const { name, file } of service.shapes) {
  test(`whoever Flux acts as may install the shape ${name} of helm/service`, () => {
    const made = renderChart('helm/service', readYaml(file) as Values) // a file of values
    const needed = made.names.map(each =>
      resourceOf(String(made.at(each, 'apiVersion')), String(made.at(each, 'kind'))),
    )
    for (const resource of needed) used.add(resource)
    assert.deepEqual(
      needed.filter(resource => !allowed.has(resource)),
      [],
    )
  })
}

test('and may change no kind that no shape has', () => {
  assert.deepEqual([...allowed].filter(resource => !used.has(resource)).sort(), [])
})

test('and may neither give rights nor use a wildcard', () => {
  const groups = rules.flatMap(({ apiGroups }) => apiGroups)
  assert.ok(!groups.includes('rbac.authorization.k8s.io'))
  assert.ok(![...groups, ...rules.flatMap(({ resources, verbs }) => [...resources, ...verbs])].includes('*'))
})

/** What an API of Kubernetes is called in a rule: its group, and the plural of its kind. */
function resourceOf(apiVersion: string, kind: string): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  const name = kind.toLowerCase()
  const plural = name.endsWith('y') ? `${name.slice(0, -1)}ies` : name.endsWith('s') ? `${name}es` : `${name}s`
  return `${group}/${plural}`
}
