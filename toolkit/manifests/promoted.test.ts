import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartTagOf } from '../registry/reference.ts'
import { noDigest, promotionMistakes } from './promoted.ts'

const digest = `sha256:${'5'.repeat(64)}`
const metadata = { name: 'shop' }

function environment({ image, tag, verify }: { image: object; tag: string; verify?: object }) {
  return [
    { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata, spec: { values: { image } } },
    { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository', metadata, spec: { ref: { tag }, verify } },
  ]
}

const right = { image: { digest }, tag: chartTagOf(digest), verify: {} }

test('an image by digest with the chart of its commit and a verifier is right', () => {
  assert.deepEqual(promotionMistakes('prod', environment(right)), [])
  assert.deepEqual(
    promotionMistakes('nonprod', environment({ ...right, image: { digest: noDigest }, tag: chartTagOf(noDigest) })),
    [],
  )
})

test('the tag of a chart is what kustomize makes of the digest', () => {
  assert.equal(chartTagOf(digest), `image-${'5'.repeat(64)}`)
})

const wrong: [what: string, environment: string, change: object, said: RegExp][] = [
  ['no digest', 'prod', { image: {} }, /got undefined$/],
  [
    'a digest that is too short',
    'prod',
    { image: { digest: digest.slice(0, -1) } },
    /64 hexadecimal digits, got sha256:5+$/,
  ],
  ['a tag, too', 'prod', { image: { digest, tag: '1.2.3' } }, /tag is 1\.2\.3/],
  ['another chart', 'prod', { tag: 'latest' }, /expected the chart by the tag image-5+, got latest/],
  ['no verifier', 'prod', { verify: undefined }, /spec\.verify/],
  ['a promotion in git', 'nonprod', {}, /git holds zeros/],
]
for (const [what, name, change, said] of wrong)
  test(`${what} in ${name} is refused`, () => {
    const [mistake = '', ...more] = promotionMistakes(name, environment({ ...right, ...change }))
    assert.match(mistake, said)
    assert.deepEqual(more, [])
  })

test('two releases are refused, because nobody could say which one is promoted', () => {
  assert.equal(promotionMistakes('prod', [...environment(right), ...environment(right)]).length, 1)
})
