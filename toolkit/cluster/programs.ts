import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import { pinOf } from '../tools/pins.ts'
import { NoCluster } from './no-cluster.ts'

const programNames = [
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  ...['kubelet', 'kube-proxy', 'kubectl', 'coredns', 'pause'],
] as const
export type Programs = Record<(typeof programNames)[number], string>

/** Paths of what the cluster is made of; what is missing is built, which takes its time. */
export async function preparePrograms(context: Context): Promise<Programs> {
  const paths: Record<string, string> = {}
  for (const name of programNames) paths[name] = await prepare(name, context)
  return paths as Programs // one for each name
}

/** All it takes to use a cluster of somebody else's. */
export const prepareKubectl = (context: Context): Promise<string> => prepare('kubectl', context)

async function prepare(name: (typeof programNames)[number], context: Context): Promise<string> {
  const built = await prepareTool(pinOf(name), context).catch(error => {
    if (error instanceof NoGo) throw new NoCluster(`there is no ${name}: ${error.message}`, { cause: error })
    throw error
  })
  return built.path
}
