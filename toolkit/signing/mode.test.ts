import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseMode, foreseeMode, type Place } from './mode.ts'

const laptop: Place = {
  ...{ where: 'laptop', server: 'https://github.com', visibility: 'private', owner: 'organization', fork: false },
  ...{ hasToken: false, hasKey: false, hasPublicKeys: false, hasSigstore: false, wanted: undefined },
}
const open: Place = { ...laptop, where: 'actions', visibility: 'public', hasToken: true }
const closed: Place = { ...open, visibility: 'private' }
const enterprise: Place = { ...closed, server: 'https://github.example.com' }
const keys = { hasKey: true, hasPublicKeys: true }

const modes: [what: string, place: Place, kind: string, why: RegExp][] = [
  ['a public repository', open, 'keyless', /^as this workflow, in Sigstore's public log$/],
  ['a public repository of a user', { ...open, owner: 'user' }, 'keyless', /as this workflow/],
  ['a public repository without id-token', { ...open, hasToken: false }, 'off', /`permissions: id-token: write`/],
  ['a public repository with keys', { ...open, ...keys }, 'key', /^by key$/],
  [
    'a private repository of an organization',
    closed,
    'off',
    /^a private repository of an organization: .*Enterprise Cloud.*--make-keys.*SIGNING=keyless/,
  ],
  [
    'an internal repository',
    { ...closed, visibility: 'internal' },
    'off',
    /^an internal repository of an organization: /,
  ],
  [
    'a private repository of a user',
    { ...closed, owner: 'user' },
    'off',
    /^a private repository of a user: a keyless signature would publish its name(?!.*Enterprise)/,
  ],
  ['a private repository with keys', { ...closed, ...keys }, 'key', /^by key$/],
  ['a private repository that may be named', { ...closed, wanted: 'keyless' }, 'keyless', /^SIGNING=keyless$/],
  [
    'a private repository with a Sigstore',
    { ...closed, hasSigstore: true },
    'keyless',
    /the Sigstore of SIGSTORE_SIGNING_CONFIG$/,
  ],
  [
    'GitHub Enterprise Server',
    enterprise,
    'off',
    /does not know https:\/\/github\.example\.com; .*SIGSTORE_TRUSTED_ROOT.*--make-keys/,
  ],
  ['GitHub Enterprise Server with keys', { ...enterprise, ...keys }, 'key', /^by key$/],
  ['GitHub Enterprise Server with a Sigstore', { ...enterprise, hasSigstore: true }, 'keyless', /the Sigstore of/],
  ['a pull request of a fork', { ...open, fork: true, hasToken: false }, 'off', /^a pull request of a fork/],
  [
    'a pull request of a fork, where keys are',
    { ...open, fork: true, hasPublicKeys: true },
    'off',
    /^a pull request of a fork/,
  ],
  ['a laptop', laptop, 'off', /^a laptop has no identity.*COSIGN_PRIVATE_KEY/],
  ['a laptop with a key', { ...laptop, ...keys }, 'key', /^by key$/],
  [
    'public keys without the private one',
    { ...closed, hasPublicKeys: true },
    'off',
    /^this job has no secret COSIGN_PRIVATE_KEY/,
  ],
  ['public keys on a laptop', { ...laptop, hasPublicKeys: true }, 'off', /^COSIGN_PRIVATE_KEY is not set/],
  ['SIGNING=off', { ...open, wanted: 'off' }, 'off', /^SIGNING=off/],
  ['SIGNING=key in a public repository', { ...open, ...keys, wanted: 'key' }, 'key', /^by key$/],
]
for (const [what, place, kind, why] of modes) {
  test(`${what}: ${kind}`, () => {
    const mode = chooseMode(place)
    assert.equal(mode.kind, kind)
    assert.match(mode.why, why)
  })
}

const wrong: [what: string, place: Place, message: RegExp][] = [
  ['a key that nobody could verify', { ...open, hasKey: true }, /\.github\/keys has no public key to verify with/],
  ['keyless where verifiers have keys', { ...open, hasPublicKeys: true, wanted: 'keyless' }, /delete them, or SIGNING/],
  ['keyless on a laptop', { ...laptop, wanted: 'keyless' }, /needs an identity from GitHub Actions/],
  ['keyless without id-token', { ...open, hasToken: false, wanted: 'keyless' }, /id-token: write/],
  ['keyless on GitHub Enterprise Server', { ...enterprise, wanted: 'keyless' }, /SIGSTORE_SIGNING_CONFIG/],
]
for (const [what, place, message] of wrong)
  test(`${what} is refused`, () => assert.throws(() => chooseMode(place), { message }))

test('what is foreseen does not depend on what the job that asks may do', () => {
  assert.equal(foreseeMode({ ...open, hasToken: false }).kind, 'keyless')
  assert.equal(foreseeMode({ ...closed, hasPublicKeys: true }).kind, 'key')
  assert.equal(foreseeMode(closed).kind, 'off')
  assert.equal(foreseeMode(laptop).kind, 'off')
})
