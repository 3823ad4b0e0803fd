import assert from 'node:assert/strict'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { NoCluster } from './no-cluster.ts'
import { loaderOf, loadIntoOther, otherKubeconfig } from './other.ts'
import { places } from './places.ts'

const { signal } = new AbortController()

test('KUBECONFIG is another cluster unless it is the file of ours', () => {
  assert.equal(otherKubeconfig({}), undefined)
  assert.equal(otherKubeconfig({ KUBECONFIG: places.kubeconfig }), undefined)
  assert.equal(otherKubeconfig({ KUBECONFIG: join(places.home, 'etcd/../kubeconfig') }), undefined)
  assert.equal(otherKubeconfig({ KUBECONFIG: '/home/me/.kube/config' }), '/home/me/.kube/config')
})

test('images get into a cluster of kind by its own command, which is told the name of the cluster', async () => {
  await using folder = await temporaryFolder('other-cluster-')
  await writeFile(join(folder.path, 'kind'), '#!/bin/sh\necho "$@" > "$SAID"\n')
  await chmod(join(folder.path, 'kind'), 0o755)
  const SAID = join(folder.path, 'said')
  const env = { PATH: `${folder.path}:/usr/bin:/bin`, SAID }
  const loader = await loaderOf('kind-my-team', { env })
  await loadIntoOther(loader, ['app:1', 'postgres:18'], { root: folder.path, env, signal })
  assert.equal(await readFile(SAID, 'utf8'), 'load docker-image --name=my-team app:1 postgres:18\n')
})

test('without that command, and for any other cluster, it says what to set', async () => {
  const absent = loaderOf('kind-my-team', { env: { PATH: '/nonexistent' } })
  await assert.rejects(
    absent,
    (error: Error) => error instanceof NoCluster && /CLUSTER_LOAD.*minikube/.test(error.message),
  )
  const unknown = loaderOf('minikube', { env: { PATH: '/nonexistent' } })
  await assert.rejects(
    unknown,
    (error: Error) => error instanceof NoCluster && /into minikube.*CLUSTER_LOAD/.test(error.message),
  )
})

test('CLUSTER_LOAD is the command, whatever the cluster is', async () => {
  const env = { CLUSTER_LOAD: ' k3d image import ' }
  for (const name of ['kind-a', 'k3d-b']) assert.deepEqual(await loaderOf(name, { env }), ['k3d', 'image', 'import'])
})

test('a command that fails is told with its words', async () => {
  const env = { PATH: '/usr/bin:/bin' }
  await assert.rejects(
    loadIntoOther(['sh', '-c', 'echo no such image >&2; exit 3'], ['app:1'], { root: '/', env, signal }),
    /app:1 ended with 3: no such image$/,
  )
})
