import { BlockList } from 'node:net'
import type { Direction, Labels, NetworkPolicy, Peer, Port, Protocol } from './policy.ts'
import { selects } from './selector.ts'

/** One end of a connection: a pod, or an address outside the cluster. */
export type Endpoint = { name: string; address: string; pod?: Pod }

type Pod = { namespace: string; namespaceLabels: Labels; labels: Labels }

/** `port` is the pod's, after the Service has been resolved; `portName` what the pod that listens calls it. */
export type Traffic = { from: Endpoint; to: Endpoint; port: number; portName?: string; protocol: Protocol }

/** Whether each end's policies let it through; a connection needs both. */
export type Judgement = Record<'ingress' | 'egress', boolean>

export function judge(policies: readonly NetworkPolicy[], traffic: Traffic): Judgement {
  return { ingress: isLet('Ingress', policies, traffic), egress: isLet('Egress', policies, traffic) }
}

/**
 * Policies add up: a pod that none of them chooses for a direction is open in it; otherwise one rule has to allow the traffic.
 * They cannot bind what is outside the cluster.
 */
function isLet(direction: Direction, policies: readonly NetworkPolicy[], traffic: Traffic): boolean {
  const [subject, peer] = direction === 'Ingress' ? [traffic.to, traffic.from] : [traffic.from, traffic.to]
  const { pod } = subject
  if (pod === undefined) return true
  const chosen = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec.policyTypes.includes(direction) &&
      selects(spec.podSelector, pod.labels),
  )
  if (chosen.length === 0) return true
  return chosen.some(policy =>
    rulesOf(policy, direction).some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some(each => isPeer(each, peer, policy))) &&
        (ports.length === 0 || ports.some(each => isPort(each, traffic))),
    ),
  )
}

/** An absent list and an empty one both mean everybody, or every port. */
function rulesOf({ spec }: NetworkPolicy, direction: Direction): { peers: Peer[]; ports: Port[] }[] {
  return direction === 'Ingress'
    ? (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }))
}

function isPeer({ ipBlock, namespaceSelector, podSelector = {} }: Peer, { address, pod }: Endpoint, by: NetworkPolicy) {
  if (ipBlock) return isIn([ipBlock.cidr], address) && !isIn(ipBlock.except ?? [], address)
  if (pod === undefined) return false
  const inNamespace = namespaceSelector
    ? selects(namespaceSelector, pod.namespaceLabels)
    : pod.namespace === by.metadata.namespace
  return inNamespace && selects(podSelector, pod.labels)
}

function isIn(blocks: readonly string[], address: string): boolean {
  const family = familyOf(address)
  const list = new BlockList()
  // To a BlockList ::/0 holds IPv4 addresses, too, as ::ffff:…; to a policy it does not.
  for (const block of blocks.filter(each => familyOf(each) === family)) {
    const [network = '', bits = ''] = block.split('/')
    list.addSubnet(network, Number(bits), family)
  }
  return list.check(address, family)
}

const familyOf = (text: string) => (text.includes(':') ? 'ipv6' : 'ipv4')

function isPort({ protocol = 'TCP', port, endPort }: Port, traffic: Traffic): boolean {
  if (protocol !== traffic.protocol) return false
  if (port === undefined) return true
  if (typeof port === 'string') return port === traffic.portName
  return traffic.port >= port && traffic.port <= (endPort ?? port)
}
