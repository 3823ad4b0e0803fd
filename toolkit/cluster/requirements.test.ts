import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNoCluster, withSystemPath } from './requirements.ts'

for (const who of [
  { platform: 'darwin', uid: 0 },
  { platform: 'linux', uid: 1000 },
  { platform: 'win32', uid: undefined },
]) {
  test(`user ${who.uid} on ${who.platform} is told what to do instead`, async () =>
    assert.equal(
      await whyNoCluster({}, who),
      'only root on Linux can start a cluster; set KUBECONFIG to use another cluster, such as one of kind',
    ))
}

test('the folders of root are looked in, after those of PATH', () => {
  assert.deepEqual(withSystemPath({ PATH: '/opt/bin', A: 'b' }), {
    A: 'b',
    PATH: '/opt/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
  })
  assert.ok(withSystemPath({}).PATH?.startsWith('/usr/local/sbin:'))
})
