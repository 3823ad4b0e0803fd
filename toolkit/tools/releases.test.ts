import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jaegerRelease, kubernetesStamps, prometheusRelease } from './releases.ts'

test('the release of a module of Prometheus', () => {
  assert.equal(prometheusRelease('v0.315.0'), '3.15.0')
  assert.equal(prometheusRelease('v0.304.2'), '3.4.2')
  assert.throws(() => prometheusRelease('v2.0.0'), {
    message: 'prometheus: expected a module version such as v0.315.0, got "v2.0.0"',
  })
})

test('the release of a module of Jaeger', () => {
  assert.equal(jaegerRelease('v1.76.0'), '2.13.0')
  for (const version of ['v1.62.0', 'v2.13.0'])
    assert.throws(() => jaegerRelease(version), {
      message: `jaeger: expected a module version from v1.63.0 on, got "${version}"`,
    })
})

test('Kubernetes is told its version twice, and no date', () => {
  const stamps = kubernetesStamps('v1.35.4')
  for (const path of ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']) {
    assert.deepEqual(
      stamps.filter(stamp => stamp.startsWith(path)),
      [
        `${path}.gitVersion=v1.35.4`,
        `${path}.gitMajor=1`,
        `${path}.gitMinor=35`,
        `${path}.gitTreeState=clean`,
        `${path}.buildDate=1970-01-01T00:00:00Z`,
      ],
    )
  }
})
