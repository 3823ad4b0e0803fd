import assert from 'node:assert/strict'
import { test } from 'node:test'
import { imageOfCyclonedx, packagesOfCyclonedx, packagesOfSpdx } from './contents.ts'

const image = { name: 'aquasecurity:trivy:ImageID', value: 'sha256:1' }
const cyclonedx = (components: object[], properties: object[] = []) =>
  JSON.stringify({ bomFormat: 'CycloneDX', metadata: { component: { properties } }, components })

test('purls are compared in plain letters, without qualifiers and places; what has none is left out', () => {
  const purls = ['pkg:npm/%40grpc/grpc-js@1.14.7', 'pkg:npm/a@1.0.0%2Bb?vcs_url=x', 'pkg:npm/c@1#node_modules/c']
  const wanted = ['pkg:npm/@grpc/grpc-js@1.14.7', 'pkg:npm/a@1.0.0+b', 'pkg:npm/c@1']
  assert.deepEqual([...packagesOfCyclonedx(cyclonedx([...purls.map(purl => ({ purl })), { name: 'debian' }]))], wanted)
  const externalRefs = purls.map(referenceLocator => ({ referenceType: 'purl', referenceLocator }))
  const other = { referenceType: 'advisory', referenceLocator: 'https://example.org' }
  const packages = [{ externalRefs: [...externalRefs, other] }, { name: 'debian' }]
  assert.deepEqual([...packagesOfSpdx(JSON.stringify({ spdxVersion: 'SPDX-2.3', packages }))], wanted)
})

test('a list of Trivy says which image it is about, and one of npm does not', () => {
  assert.equal(imageOfCyclonedx(cyclonedx([], [{ name: 'a', value: 'b' }, image])), 'sha256:1')
  assert.equal(imageOfCyclonedx(cyclonedx([])), undefined)
})

test('what is no such list is refused', () => {
  assert.throws(() => packagesOfCyclonedx('{"spdxVersion":"SPDX-2.3"}'), /bomFormat/)
  assert.throws(() => packagesOfSpdx(cyclonedx([])), /spdxVersion/)
})
