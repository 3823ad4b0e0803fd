import type { Context } from '../step.ts'
import { createKubectl } from './kubectl.ts'
import { findNode, inNode } from './node.ts'
import { places } from './places.ts'

const daemons = [
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  ...['containerd', 'kubelet', 'kube-proxy'],
]

type Status = { lines: string[]; whole: boolean }

/** The nodes and pods of a cluster that somebody else started. */
export async function statusOfOther(kubectlPath: string, kubeconfig: string, context: Context): Promise<Status> {
  const kubectl = createKubectl(kubectlPath, kubeconfig, context)
  const name = (await kubectl('config', 'current-context')).trim()
  const { code, stdout, stderr } = await kubectl.try('get', 'nodes,pods', '--all-namespaces', '--output=wide')
  const lines = [`${name}, of KUBECONFIG ${kubeconfig}`, ...(stdout || stderr).trimEnd().split('\n')]
  return { lines, whole: code === 0 }
}

/** What of the cluster runs, as lines, and whether that is all of it; undefined when none runs. */
export async function status(kubectlPath: string, context: Context): Promise<Status | undefined> {
  const node = await findNode()
  if (!node) return undefined
  const running = (await inNode(node, ['sh', '-c', 'cat /proc/[0-9]*/comm'], context)).split('\n')
  // The kernel keeps 15 characters of a name (proc(5), comm).
  const ended = daemons.filter(name => !running.includes(name.slice(0, 15)))
  const answers = await createKubectl(kubectlPath, places.kubeconfig, context).try(
    ...['get', 'nodes,pods', '--all-namespaces', '--output=wide'],
  )
  const lines = [
    ...daemons.map(name => `${ended.includes(name) ? 'ENDED' : 'runs '}  ${name}`),
    ...(answers.stdout || answers.stderr).trimEnd().split('\n'),
    'NetworkPolicies are accepted, but not enforced.',
    `export KUBECONFIG=${places.kubeconfig}`,
  ]
  return { lines, whole: ended.length === 0 && answers.code === 0 }
}
