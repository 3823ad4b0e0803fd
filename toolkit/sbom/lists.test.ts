import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countShared, type Lists } from './lists.ts'

function lists(names: string[], spdxNames = names): Lists {
  const purls = (all: string[]) => all.map(name => `pkg:npm/${name}@1.0.0`)
  const packages = purls(spdxNames).map(referenceLocator => ({
    externalRefs: [{ referenceType: 'purl', referenceLocator }],
  }))
  const components = purls(names).map(purl => ({ purl }))
  return {
    cyclonedx: JSON.stringify({ bomFormat: 'CycloneDX', metadata: { component: {} }, components }),
    spdx: JSON.stringify({ spdxVersion: 'SPDX-2.3', packages }),
  }
}

test('what an image shares with the lockfile is counted; its base may bring more', () => {
  assert.equal(countShared('out/a.tar', lists(['a', 'b', 'npm']), lists(['a', 'b', 'c'])), 2)
})

test('a list that names nothing of the lockfile is refused, and two that do not agree', () => {
  assert.throws(() => countShared('out/a.tar', lists(['npm']), lists(['a'])), {
    message: /^out\/a\.tar names no package of package-lock\.json: the image needs bom\.cdx\.json/,
  })
  assert.throws(() => countShared('out/a.tar', lists(['a', 'b'], ['a']), lists(['a', 'b'])), {
    message: 'out/a.tar: the list in SPDX lacks pkg:npm/b@1.0.0, which CycloneDX has',
  })
})
