import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reproducibleCyclonedx, reproducibleSpdx } from './reproducible.ts'

const ids = [
  '71ed78da-31dd-431b-b957-aeb872b4838a',
  'aa494152-7b1e-4c2e-84f3-1eb8243b212d',
  'b7446012-2938-4ad2-b1df-e885dbeed13a',
]

/** As Trivy writes it, with random numbers in this order, which is also that of the components. */
function cyclonedx([image = '', os = '', twin = '']: string[], time: string, version = '12'): string {
  const components = [
    { 'bom-ref': os, type: 'operating-system', name: 'debian', version },
    { 'bom-ref': twin, type: 'operating-system', name: 'debian', version },
    { 'bom-ref': 'pkg:npm/hono@4.12.0', name: 'hono' },
  ]
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    serialNumber: `urn:uuid:${image.replace('7', '8')}`,
    metadata: { timestamp: time, component: { 'bom-ref': image, name: 'service' } },
    components: components.sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
    dependencies: [{ ref: image, dependsOn: [os, twin, 'pkg:npm/hono@4.12.0'].sort() }, { ref: 'pkg:npm/hono@4.12.0' }],
  })
}

test('CycloneDX: other random numbers, another order and another time give the same bytes', () => {
  const one = reproducibleCyclonedx(cyclonedx(ids, '2026-11-21T07:02:57+00:00'))
  assert.equal(reproducibleCyclonedx(cyclonedx([...ids].reverse(), '2026-11-22T07:02:57+00:00')), one)
  assert.ok(!one.includes('2026'), one)
  for (const id of ids) assert.ok(!one.includes(id), id)
})

test('CycloneDX: every reference leads to a component, and equal components stay two', () => {
  const list = JSON.parse(reproducibleCyclonedx(cyclonedx(ids, '')))
  const refs = [list.metadata.component, ...list.components].map((each: { 'bom-ref': string }) => each['bom-ref'])
  assert.equal(new Set(refs).size, 4)
  assert.deepEqual(
    list.dependencies.flatMap((each: { dependsOn: string[] }) => each.dependsOn).sort(),
    refs.slice(1).sort(),
  )
  assert.ok(refs.includes('pkg:npm/hono@4.12.0'))
})

test('CycloneDX: other content gives another serial number', () => {
  const serial = (version: string) => JSON.parse(reproducibleCyclonedx(cyclonedx(ids, '', version))).serialNumber
  assert.match(serial('12'), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.notEqual(serial('12'), serial('13'))
})

const spdx = (id: string, created: string, name = 'hono') =>
  JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    documentNamespace: `http://trivy.dev/container_image/service-${id}`,
    creationInfo: { created, creators: ['Tool: trivy-0.72.0'] },
    packages: [{ name, annotations: [{ annotationDate: created, comment: 'PkgType: node-pkg' }] }, { name: 'debian' }],
  })

test('SPDX: another namespace and another time give the same bytes, and other content another namespace', () => {
  const one = reproducibleSpdx(spdx(ids[0] ?? '', '2026-11-21T07:02:57Z'))
  assert.equal(reproducibleSpdx(spdx(ids[1] ?? '', '2026-11-22T07:02:57Z')), one)
  assert.ok(!one.includes('2026'), one)
  const { documentNamespace, packages } = JSON.parse(one)
  assert.match(documentNamespace, /^http:\/\/trivy\.dev\/container_image\/service-[0-9a-f-]{36}$/)
  assert.deepEqual(
    packages.map((each: { name: string }) => each.name),
    ['hono', 'debian'],
  )
  assert.notEqual(JSON.parse(reproducibleSpdx(spdx(ids[0] ?? '', '', 'hon'))).documentNamespace, documentNamespace)
})
