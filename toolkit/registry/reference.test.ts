import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chartTagOf, checkDigest, checkName, isLoopback, registryBase } from './reference.ts'

const github = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_SHA: 'a' }

test('REGISTRY decides, and GitHub takes its own by the name of the repository', () => {
  assert.equal(registryBase({ REGISTRY: 'registry.example.com:5000/shop' }), 'registry.example.com:5000/shop')
  assert.equal(registryBase({ ...github, GITHUB_REPOSITORY: 'Acme/Shop.API' }), 'ghcr.io/acme/shop.api')
  const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop'
  assert.equal(registryBase({ ...github, GITHUB_REPOSITORY: 'acme/shop', REGISTRY: ecr }), ecr)
})

for (const name of ['ghcr.io/acme/shop', 'localhost:5000/a', '127.0.0.1:5000/a/b', '[::1]:5000/a', 'a.b/c__d/e-f.g'])
  test(`${name} is a repository`, () => assert.equal(checkName(name, 'REGISTRY'), name))

for (const name of [
  ...[
    'ghcr.io',
    'acme/shop',
    'ghcr.io/Acme/shop',
    'ghcr.io/acme/shop:1',
    'ghcr.io/acme/shop@sha256:a',
    'https://ghcr.io/a',
  ],
  ...['ghcr.io/acme//shop', 'ghcr.io/acme/shop/', 'ghcr.io/../shop', 'ghcr.io/a b', '--insecure/a', ''],
])
  test(`"${name}" is none`, () => {
    assert.throws(() => checkName(name, 'REGISTRY'), {
      message: new RegExp(`^REGISTRY: expected .*, got "${name.replaceAll('.', '\\.')}"$`),
    })
  })

for (const host of ['10.0.0.1:5000', '192.168.1.1', '172.16.0.1', '172.31.255.1:80'])
  test(`${host} would be asked without TLS`, () => {
    assert.throws(() => checkName(`${host}/a`, 'REGISTRY'), /would be asked without TLS/)
  })

test('172.32.0.1 is a public address', () => assert.equal(checkName('172.32.0.1/a', 'REGISTRY'), '172.32.0.1/a'))

test('plain HTTP is for this machine', () => {
  const names = [
    '127.0.0.1:5000/a',
    'localhost/a',
    '[::1]:5000/a',
    '127.0.0.1.example.com/a',
    'localhost.example.com/a',
    'ghcr.io/a',
  ]
  assert.deepEqual(names.map(isLoopback), [true, true, true, false, false, false])
})

test('the chart of an image has its digest as a tag', () => {
  const hex = 'b'.repeat(64)
  assert.equal(chartTagOf(`sha256:${hex}`), `image-${hex}`)
  for (const wrong of [hex, 'sha256:short', `sha512:${hex}`, `sha256:${hex}a`, `sha256:${hex.toUpperCase()}`])
    assert.throws(() => checkDigest(wrong, 'digest'), /^Error: digest: expected sha256:<64 hex digits>, got /)
})
