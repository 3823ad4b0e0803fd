import { down } from './cluster/down.ts'
import { loadOurs } from './cluster/load.ts'
import { openCluster } from './cluster/open.ts'
import { otherKubeconfig } from './cluster/other.ts'
import { claimCluster } from './cluster/owner.ts'
import { places } from './cluster/places.ts'
import { prepareKubectl } from './cluster/programs.ts'
import { status, statusOfOther } from './cluster/status.ts'
import { up } from './cluster/up.ts'
import { temporaryFolder } from './local/temporary-folder.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'

export const cluster: Step = {
  name: 'cluster',
  summary: 'Start a real Kubernetes of one node on this machine, or end it.',
  help: [
    'Usage: ./fairlead cluster up',
    '       ./fairlead cluster load <image or file of docker save> ...',
    '       ./fairlead cluster status',
    '       ./fairlead cluster down',
    '',
    `  up      builds what it needs, starts it, and says where the kubeconfig is: ${places.kubeconfig}`,
    '  load    brings images into it, from the Docker engine; use them with imagePullPolicy IfNotPresent',
    '  status  what of it runs; exits 1 unless all of it does',
    '  down    ends it and removes all of it',
    '',
    'etcd, API server with RBAC and admission, controller manager, scheduler, kubelet on containerd, kube-proxy and DNS, from',
    'the pins of third-party/. Linux and root. It has namespaces of its own for processes, mounts and network, of which this',
    'machine sees one interface; nothing in it reaches the internet. NetworkPolicies are accepted, but not enforced.',
    '',
    'Where KUBECONFIG names another cluster, load and status are about that one, and up and down refuse. Images get into a',
    'cluster of kind by `kind load`, into any other by the command in CLUSTER_LOAD, such as "minikube image load".',
  ].join('\n'),
  async run(args, context) {
    const { positionals } = parseOptions(args, {}, { allowPositionals: true })
    const [action, ...images] = positionals
    if (action === 'load' && images.length > 0) return load(images, context)
    const run =
      images.length === 0 && action !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined
    if (!run)
      throw new UsageError(`expected up, down, status or load <image>, got ${positionals.join(' ') || 'nothing'}`)
    return run(context)
  },
}

const actions: Record<string, (context: Context) => Promise<number>> = {
  async up(context) {
    refuseOther('up', context)
    using _ = await claimCluster('./fairlead cluster up')
    await up(context)
    context.print(`export KUBECONFIG=${places.kubeconfig}`)
    return 0
  },
  async down(context) {
    refuseOther('down', context)
    using _ = await claimCluster('./fairlead cluster down')
    context.print((await down(context)) ? 'the cluster is gone' : 'there was no cluster')
    return 0
  },
  async status(context) {
    const kubectl = await prepareKubectl(context)
    const other = otherKubeconfig(context.env)
    const found = other === undefined ? await status(kubectl, context) : await statusOfOther(kubectl, other, context)
    for (const line of found?.lines ?? ['no cluster runs; ./fairlead cluster up starts one']) context.print(line)
    return found?.whole ? 0 : 1
  },
}

function refuseOther(action: string, { env }: Context): void {
  const other = otherKubeconfig(env)
  if (other === undefined) return
  throw new Error(
    `KUBECONFIG names another cluster, ${other}; for the one of this machine: env -u KUBECONFIG ./fairlead cluster ${action}`,
  )
}

async function load(images: string[], context: Context): Promise<number> {
  if (otherKubeconfig(context.env) === undefined) {
    for (const name of await loadOurs(images, context)) context.print(name)
    return 0
  }
  await using folder = await temporaryFolder('cluster-load-')
  const opened = await openCluster(folder.path, context)
  await opened.load(images, context.env)
  context.print(`loaded into ${opened.what}: ${images.join(', ')}`)
  return 0
}
