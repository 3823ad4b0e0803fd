import type { Context } from '../step.ts'
import { createKubectl, type Kubectl } from './kubectl.ts'
import { loadOurs } from './load.ts'
import { NoCluster } from './no-cluster.ts'
import { findNode } from './node.ts'
import { loaderOf, loadIntoOther, otherKubeconfig } from './other.ts'
import { places } from './places.ts'
import { prepareKubectl } from './programs.ts'

/** A cluster that runs: that of KUBECONFIG, or the one of this machine. */
export type Cluster = {
  what: string
  kubeconfig: string
  kubectl: Kubectl
  /** Brings images of an engine, found by its environment, into it; pods name them by tag, with imagePullPolicy IfNotPresent. */
  load(images: readonly string[], env: NodeJS.ProcessEnv): Promise<void>
}

/** Throws NoCluster when there is none, or nobody could bring images into it. `folder` is for passing files. */
export async function openCluster(folder: string, context: Context): Promise<Cluster> {
  const path = await prepareKubectl(context)
  const other = otherKubeconfig(context.env)
  if (other !== undefined) {
    const kubectl = createKubectl(path, other, context, folder)
    const name = (await kubectl('config', 'current-context')).trim()
    const loader = await loaderOf(name, context)
    const version = await serverVersion(kubectl)
    return {
      what: `${name}, of KUBECONFIG, Kubernetes ${version}; images by ${loader.join(' ')}`,
      kubeconfig: other,
      kubectl,
      load: (images, env) => loadIntoOther(loader, images, { ...context, env }),
    }
  }
  if (!(await findNode())) throw new NoCluster('no cluster runs; ./fairlead cluster up starts one')
  const kubectl = createKubectl(path, places.kubeconfig, context, folder)
  return {
    what: `a real kubelet and real pods on this machine, Kubernetes ${await serverVersion(kubectl)}`,
    kubeconfig: places.kubeconfig,
    kubectl,
    async load(images, env) {
      await loadOurs(images, { env, signal: context.signal })
    },
  }
}

async function serverVersion(kubectl: Kubectl): Promise<string> {
  const { gitVersion }: { gitVersion: string } = JSON.parse(await kubectl('get', '--raw', '/version')) // Kubernetes' own
  return gitVersion
}
