import { until } from '../e2e/until.ts'
import type { Context } from '../step.ts'
import { apiUrl, nodeName } from './addresses.ts'
import { apiServer, controllerManager, type Daemon, etcd, scheduler } from './control-plane.ts'
import { startDaemon } from './daemon.ts'
import { dnsImage, dnsObjects } from './dns.ts'
import { down } from './down.ts'
import { writeProgramImage } from './image-tar.ts'
import { applyObjects, createKubectl, type Kubectl } from './kubectl.ts'
import { loadImage } from './load.ts'
import { connect, takenRoutes } from './network.ts'
import { NoCluster } from './no-cluster.ts'
import { findNode, inNode, type Node, startNode } from './node.ts'
import { containerd, kubelet, kubeProxy, pauseImage } from './node-programs.ts'
import { places, sockets } from './places.ts'
import { type Programs, preparePrograms } from './programs.ts'
import { whyNoCluster, withSystemPath } from './requirements.ts'
import { seedObjects } from './seed-objects.ts'
import { volumeObjects } from './volumes.ts'
import { writeFiles } from './write-files.ts'

/** Starts the cluster, from nothing; what an interrupted one has left is removed first. The caller owns it (owner.ts). */
export async function up(given: Context): Promise<void> {
  const context = { ...given, env: withSystemPath(given.env) }
  const reason = await whyNoCluster(context.env)
  if (reason) throw new NoCluster(reason)
  const programs = await preparePrograms(context)
  if (await findNode()) throw new Error('the cluster runs already; ./fairlead cluster down ends it')
  await startFromNothing(programs, context)
}

async function startFromNothing(programs: Programs, context: Context): Promise<void> {
  await down(context)
  const taken = await takenRoutes(context)
  if (taken.length > 0) throw new NoCluster(`this machine has a route to a network of the cluster: ${taken[0]}`)
  try {
    await writeFiles()
    const node = await startNode(context)
    await connect(node, context)
    await startEverything(node, programs, context)
  } catch (error) {
    context.print(`the cluster does not start; its logs are in ${places.logs} until ./fairlead cluster down`)
    throw error
  }
}

async function startEverything(node: Node, programs: Programs, context: Context): Promise<void> {
  const since = performance.now()
  const tell = (what: string) =>
    context.print(`${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s  ${what}`)
  const launch = ({ name, args }: Daemon) =>
    startDaemon(node, name, [programs[name as keyof Programs] ?? name, ...args], context) // containerd is the system's
  const kubectl = createKubectl(programs.kubectl, places.kubeconfig, context)
  const eventually = <T>(what: string, ask: () => Promise<T>, fits: (answer: T) => boolean) =>
    until(what, ask, fits, { signal: context.signal })

  await Promise.all([launch(etcd), launch(containerd)])
  await launch(apiServer)
  await eventually(
    `${apiUrl}/readyz`,
    () => kubectl('get', '--raw', '/readyz'),
    said => said === 'ok',
  )
  await Promise.all([launch(controllerManager), launch(scheduler)])
  await applyObjects(kubectl, 'seed', seedObjects)
  await applyObjects(kubectl, 'volumes', volumeObjects)
  tell('API server, controller manager and scheduler')

  const ctr = ['ctr', `--address=${sockets.containerd}`, 'plugins', 'ls']
  await eventually(
    'containerd',
    () => inNode(node, ctr, context),
    said => /\bcri\s.*\bok\s*$/m.test(said),
  )
  await loadProgram(node, { image: pauseImage, program: programs.pause, user: '65535:65535' }, context)
  await loadProgram(node, { image: dnsImage, program: programs.coredns, user: '65532:65532' }, context)
  // Pods are refused in a namespace until the controllers have been there.
  const account = ['get', 'serviceaccount/default', 'configmap/kube-root-ca.crt', '--output=name']
  await eventually(
    'the first service account',
    () => kubectl(...account),
    said => said.split('\n').length > 2,
  )
  await launch(kubelet)
  await waitFor(kubectl, ['node', nodeName], 'Ready', context)
  tell('kubelet on containerd')
  await launch(kubeProxy)
  await applyObjects(kubectl, 'dns', dnsObjects)
  await waitFor(kubectl, ['deployment', 'coredns', '--namespace=kube-system'], 'Available', context)
  tell('kube-proxy and DNS')
}

/** `kubectl wait` refuses what is not there yet. */
async function waitFor(kubectl: Kubectl, what: string[], condition: string, { signal }: Context): Promise<void> {
  const path = `--output=jsonpath={.status.conditions[?(@.type=="${condition}")].status}`
  await until(
    `${what.join(' ')}: ${condition}`,
    () => kubectl('get', ...what, path),
    said => said === 'True',
    { signal },
  )
}

async function loadProgram(
  node: Node,
  what: { image: string; program: string; user: string },
  context: Context,
): Promise<void> {
  const file = `${places.home}/program.tar`
  await writeProgramImage({ ...what, to: file }, context)
  await loadImage(node, file, context)
}
