import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { choosePulls } from './choose.ts'
import { collectPreviews, type Evidence } from './collect.ts'
import { hostOf, renderPreviews } from './render.ts'
import { readSettings } from './settings.ts'

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const pull = (number: number, labels = ['preview'], headRepository = 'acme/shop') => ({
  number,
  labels,
  headRepository,
})
const rules = { repository: 'Acme/Shop', cap: 2 }

test('the newest pull requests with the label get a preview, up to the cap', () => {
  const { chosen, leftOut } = choosePulls([pull(3), pull(11), pull(5, ['bug']), pull(9)], rules)
  assert.deepEqual(
    chosen.map(({ number }) => number),
    [11, 9],
  )
  assert.deepEqual(leftOut, [{ number: 3, why: '2 newer ones have a preview, and PREVIEW_CAP is 2' }])
})

test('a fork gets none and takes no place', () => {
  const forks = [pull(20, ['preview'], 'evil/shop'), pull(21, ['preview'], '')]
  const { chosen, leftOut } = choosePulls([...forks, pull(1), pull(2)], rules)
  assert.deepEqual(
    chosen.map(({ number }) => number),
    [2, 1],
  )
  assert.deepEqual(leftOut, [
    { number: 21, why: 'it comes from a fork' },
    { number: 20, why: 'it comes from a fork' },
  ])
})

test('a fork that does not ask is not mentioned', () => {
  assert.deepEqual(choosePulls([pull(20, [], 'evil/shop')], rules), { chosen: [], leftOut: [] })
})

const where = { image: 'r.example/shop/service', chart: 'r.example/shop/charts/service', domain: 'p.example.com' }
const stored: Record<string, string> = {
  'r.example/shop/service:pr-1': digest('1'),
  [`r.example/shop/charts/service:image-${'1'.repeat(64)}`]: digest('a'),
  'r.example/shop/service:pr-2': digest('2'),
  'r.example/shop/service:pr-3': digest('3'),
  [`r.example/shop/charts/service:image-${'3'.repeat(64)}`]: digest('c'),
}

/** A registry in which somebody else signed the chart of pull request 3. */
const asked: string[] = []
const evidence: Evidence = {
  digest: async (name, tag) => stored[`${name}:${tag}`],
  async verify(nameAtDigest, demand) {
    asked.push(`${demand} ${nameAtDigest}`)
    if (nameAtDigest.endsWith(digest('c'))) throw new Error('it is signed by a stranger')
  },
}

test('a preview is what its own pipeline pushed and signed; the others are left out, each with its reason', async () => {
  const { previews, leftOut } = await collectPreviews([pull(1), pull(2), pull(3), pull(4)], where, evidence)
  assert.deepEqual(previews, [
    { number: 1, imageDigest: digest('1'), chartDigest: digest('a'), host: 'pr-1.p.example.com' },
  ])
  const end = 'yet; its pipeline writes that at the end'
  assert.deepEqual(leftOut, [
    { number: 2, why: `the registry has no r.example/shop/charts/service:image-${'2'.repeat(64)} ${end}` },
    { number: 3, why: 'it is signed by a stranger' },
    { number: 4, why: `the registry has no r.example/shop/service:pr-4 ${end}` },
  ])
  assert.deepEqual(asked.slice(0, 2), [
    `image r.example/shop/service@${digest('1')}`,
    `chart r.example/shop/charts/service@${digest('a')}`,
  ])
})

const names = { release: 'shop', image: where.image, chart: where.chart }
const preview = { number: 12, imageDigest: digest('1'), chartDigest: digest('a'), host: hostOf(12, 'p.example.com') }
const read = (files: Map<string, string>, path: string) => parse(files.get(path) ?? 'null') as unknown

test('the set names every preview once, in the order of their numbers', () => {
  const files = renderPreviews([preview, { ...preview, number: 7 }], names)
  assert.deepEqual(read(files, 'previews/kustomization.yaml'), {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['set.yaml', 'pr-7', 'pr-12'],
  })
  assert.deepEqual(
    [...files.keys()],
    [
      'previews/kustomization.yaml',
      'previews/set.yaml',
      'previews/pr-7/kustomization.yaml',
      'previews/pr-12/kustomization.yaml',
    ],
  )
})

test('an empty set is not nothing, so that the last preview is pruned, too', () => {
  const files = renderPreviews([], names)
  assert.deepEqual(Object.keys(Object.fromEntries(files)), ['previews/kustomization.yaml', 'previews/set.yaml'])
  assert.deepEqual((read(files, 'previews/set.yaml') as { kind: string; data: object }).data, {})
})

test('a preview has a namespace and a host of its own, and image and chart by digest', () => {
  const overlay = read(renderPreviews([preview], names), 'previews/pr-12/kustomization.yaml') as {
    namespace: string
    patches: { patch: string }[]
  }
  assert.equal(overlay.namespace, 'preview-pr-12')
  const [release, source] = overlay.patches.map(({ patch }) => (parse(patch) as { spec: unknown }).spec)
  assert.deepEqual(release, {
    values: {
      image: { repository: where.image, digest: digest('1') },
      publish: { hostnames: ['pr-12.p.example.com'] },
    },
  })
  assert.deepEqual(source, { url: `oci://${where.chart}`, ref: { tag: null, digest: digest('a') } })
})

test('the same set is the same bytes, in whatever order it was found', () => {
  const other = { ...preview, number: 7 }
  assert.deepEqual([...renderPreviews([preview, other], names)], [...renderPreviews([other, preview], names)])
})

test('without a domain nobody wants previews', () => {
  assert.throws(() => readSettings({}), { name: 'Skipped', message: /PREVIEW_DOMAIN/ })
})

const settings: [what: string, env: NodeJS.ProcessEnv, said: RegExp | object][] = [
  ['a domain', { PREVIEW_DOMAIN: 'p.example.com' }, { domain: 'p.example.com', cap: 5 }],
  ['a cap', { PREVIEW_DOMAIN: 'p.example.com', PREVIEW_CAP: '1' }, { domain: 'p.example.com', cap: 1 }],
  ['the highest cap', { PREVIEW_DOMAIN: 'p.example.com', PREVIEW_CAP: '50' }, { domain: 'p.example.com', cap: 50 }],
  ['a cap above', { PREVIEW_DOMAIN: 'p.example.com', PREVIEW_CAP: '51' }, /PREVIEW_CAP: expected 1 to 50, got "51"/],
  ['no cap', { PREVIEW_DOMAIN: 'p.example.com', PREVIEW_CAP: '0' }, /PREVIEW_CAP/],
  ['an address', { PREVIEW_DOMAIN: 'https://p.example.com' }, /PREVIEW_DOMAIN: expected a domain/],
  ['a star', { PREVIEW_DOMAIN: '*.example.com' }, /PREVIEW_DOMAIN/],
  ['a single word', { PREVIEW_DOMAIN: 'localhost' }, /PREVIEW_DOMAIN/],
]
for (const [what, env, said] of settings)
  test(`${what} is ${said instanceof RegExp ? 'refused' : 'taken'}`, () => {
    if (said instanceof RegExp) assert.throws(() => readSettings(env), { name: 'UsageError', message: said })
    else assert.deepEqual(readSettings(env), said)
  })
