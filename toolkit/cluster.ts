import { down } from './cluster/down.ts'
import { loadImage } from './cluster/load.ts'
import { findNode } from './cluster/node.ts'
import { places } from './cluster/places.ts'
import { status } from './cluster/status.ts'
import { up } from './cluster/up.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { prepareTool } from './tools/build.ts'
import { pinOf } from './tools/pins.ts'

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
    await up(context)
    context.print(`export KUBECONFIG=${places.kubeconfig}`)
    return 0
  },
  async down(context) {
    context.print((await down(context)) ? 'the cluster is gone' : 'there was no cluster')
    return 0
  },
  async status(context) {
    const found = await status((await prepareTool(pinOf('kubectl'), context)).path, context)
    for (const line of found?.lines ?? ['no cluster runs; ./fairlead cluster up starts one']) context.print(line)
    return found?.whole ? 0 : 1
  },
}

async function load(images: string[], context: Context): Promise<number> {
  const node = await findNode()
  if (!node) throw new Error('no cluster runs; ./fairlead cluster up starts one')
  for (const image of images) for (const name of await loadImage(node, image, context)) context.print(name)
  return 0
}
