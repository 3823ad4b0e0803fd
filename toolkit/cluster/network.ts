import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { addresses } from './addresses.ts'
import { inNode, type Node } from './node.ts'

export const hostLink = 'fl-host'

/** A cable between this machine and the node. It goes, with its routes, when either end does. */
export async function connect(node: Node, context: Pick<Context, 'env' | 'signal'>): Promise<void> {
  const { host, node: self, link, pods, services } = addresses
  const onHost = [
    `link add ${hostLink} type veth peer name fl-node netns ${node.pid}`,
    `addr add ${host}/${link} dev ${hostLink}`,
    `link set ${hostLink} up`,
  ]
  // So that tests on this machine reach pods and services as one in the cluster does.
  const routes = [pods, services].map(range => `route add ${range} via ${self}`)
  for (const line of onHost) await ip(line, context)
  const inside = [
    'ip link set lo up',
    `ip addr add ${self}/${link} dev fl-node`,
    'ip link set fl-node up',
    // Without a route the kernel refuses before the rules of kube-proxy are asked.
    `ip route add ${services} dev fl-node`,
    'ip route add unreachable default',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    'echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables',
  ]
  await inNode(node, ['sh', '-c', ['set -eu', ...inside].join('\n')], context)
  for (const line of routes) await ip(line, context)
}

/** The routes that this machine has to one of the cluster's networks already. */
export async function takenRoutes(context: Pick<Context, 'env' | 'signal'>): Promise<string[]> {
  const found: string[] = []
  for (const range of [`${addresses.node}/${addresses.link}`, addresses.allPods, addresses.services]) {
    const { stdout } = await run('ip', ['route', 'show', 'root', range], context)
    found.push(...stdout.split('\n').filter(line => line.trim() !== ''))
  }
  return found.map(line => line.trim())
}

async function ip(line: string, context: Pick<Context, 'env' | 'signal'>): Promise<void> {
  const { code, stderr } = await run('ip', line.split(' '), context)
  if (code !== 0) throw new Error(`ip ${line}: ${stderr.trim()}`)
}
