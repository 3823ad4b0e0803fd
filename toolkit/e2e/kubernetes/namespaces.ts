import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kubectl } from '../../cluster/kubectl.ts'
import { until } from '../until.ts'

const key = 'fairlead.dev/proof'

/** On everything outside of namespaces that a scene makes, as a selector, too: it is how it is found again. */
export const markOf = (scene: string) => `${key}=${scene}`

/** How strict pod security is there. */
export type Strictness = 'restricted' | 'privileged'

/** Makes the namespaces of a scene, empty: what an earlier run has left goes first. One of somebody else's is refused. */
export async function claimNamespaces(
  kubectl: Kubectl,
  scene: string,
  names: Readonly<Record<string, Strictness>>,
  signal: AbortSignal,
): Promise<void> {
  await removeScene(kubectl, scene, signal)
  const items = Object.entries(names).map(([name, enforce]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { [key]: scene, 'pod-security.kubernetes.io/enforce': enforce } },
  }))
  const file = join(kubectl.folder, `${scene}-namespaces.json`)
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  await kubectl('create', `--filename=${file}`)
}

/** Removes them with all that is in them, and definitions of kinds that the scene brought. */
export async function removeScene(kubectl: Kubectl, scene: string, signal: AbortSignal): Promise<void> {
  const what = ['namespaces,customresourcedefinitions', `--selector=${markOf(scene)}`]
  await kubectl('delete', ...what, '--wait=false', '--ignore-not-found')
  const left = () => kubectl('get', ...what, '--output=name')
  await until(`the end of what the scene ${scene} made`, left, said => said === '', { signal })
}
