import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainRefusal, isAbsent } from './refusal.ts'

// As crane 0.22.1 prints them.
const absent = [
  'Error: fetching manifest 127.0.0.1:5000/a:b: GET http://127.0.0.1:5000/v2/a/manifests/b: MANIFEST_UNKNOWN: manifest unknown; map[Name:a Tag:b]',
  'Error: reading tags for 127.0.0.1:5000/a: GET http://127.0.0.1:5000/v2/a/tags/list: NAME_UNKNOWN: repository name not known to registry; map[name:a]',
  'Error: computing digest: HEAD http://127.0.0.1:5000/v2/a/manifests/b: unexpected status code 404 Not Found (HEAD responses have no body, use GET for details)',
]
for (const said of absent) test(`absent: ${said.slice(0, 40)}`, () => assert.equal(isAbsent(said), true))

const refusals: [said: string, registry: string, advice: RegExp][] = [
  [
    'Error: HEAD https://r.io/v2/: unexpected status code 401 Unauthorized (HEAD responses)',
    'r.io',
    /; log in to r\.io: set REGISTRY_USER/,
  ],
  [
    'Error: POST https://ghcr.io/v2/: DENIED: permission_denied: write_package',
    'ghcr.io',
    /; the job needs `packages: write`/,
  ],
  [
    'Error: POST https://r.io/v2/: unexpected status code 403 Forbidden',
    'r.io',
    /; the account that is logged in to r\.io/,
  ],
  ['Error: Get "https://r.io/v2/": dial tcp: lookup r.io: no such host', 'r.io', /; is r\.io the right REGISTRY\?$/],
  [
    'Error: NAME_UNKNOWN: The repository with name shop does not exist in the registry',
    'r.io',
    /; ECR has no repository until/,
  ],
  ['Error: something else', 'r.io', /^something else$/],
]
for (const [said, registry, advice] of refusals)
  test(`advice on: ${said.slice(7, 60)}`, () => {
    const explained = explainRefusal(said, registry)
    assert.match(explained, advice)
    assert.ok(explained.startsWith(said.slice('Error: '.length)))
  })

test('a refusal is not taken for an absence', () => {
  for (const [said] of refusals.slice(0, 4)) assert.equal(isAbsent(said), false)
})
