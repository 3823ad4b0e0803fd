import type { NetworkPolicy, Peer, Port } from './policy.ts'

/** A mistake that people make in policies. `make` changes a copy, and says whether there was anything to change. */
export type Mistake = { name: string; make(policies: NetworkPolicy[]): boolean }

/** Each has to be found in every shape where it can be made. */
export const mistakes: readonly Mistake[] = [
  { name: 'the policies are left out', make: policies => policies.splice(0).length > 0 },
  { name: 'pods are chosen by a label that they do not have', make: policies => change(policies, mistype) },
  { name: 'egress is not among the types', make: policies => change(policies, each => dropType(each, 'Egress')) },
  { name: 'ingress is not among the types', make: policies => change(policies, each => dropType(each, 'Ingress')) },
  { name: 'everybody may come in', make: policies => change(policies, openIngress) },
  { name: 'everything may be reached', make: policies => change(policies, openEgress) },
  { name: 'the internet may be reached', make: policies => change(policies, addInternet) },
  { name: 'nobody may come in', make: policies => change(policies, each => dropRules(each, 'ingress')) },
  { name: 'nothing may be reached', make: policies => change(policies, each => dropRules(each, 'egress')) },
  { name: 'peers of every namespace', make: policies => changePeers(policies, anyNamespace) },
  { name: 'peers of the own namespace only', make: policies => changePeers(policies, ownNamespace) },
  { name: 'every pod of the right namespace and its own', make: policies => changePeers(policies, twoPeers) },
  { name: 'an exception of an address block is forgotten', make: policies => changePeers(policies, dropExceptions) },
  { name: 'a port is another one', make: policies => changePorts(policies, movePort) },
  { name: 'ports are left out', make: policies => change(policies, dropPorts) },
  { name: 'DNS by TCP only', make: policies => changePorts(policies, each => setProtocol(each, 'UDP', 'TCP')) },
  { name: 'UDP where TCP is meant', make: policies => changePorts(policies, each => setProtocol(each, 'TCP', 'UDP')) },
]

type Change<T> = (each: T) => boolean

/** Everywhere, so that no other policy makes up for it. */
const changeAll = <T>(all: readonly T[], make: Change<T>) => all.filter(make).length > 0
const change = (policies: NetworkPolicy[], make: Change<NetworkPolicy>) => changeAll(policies, make)

function mistype({ spec }: NetworkPolicy): boolean {
  spec.podSelector = { ...spec.podSelector, matchLabels: { ...spec.podSelector.matchLabels, typo: 'true' } }
  return true
}

function dropType({ spec }: NetworkPolicy, type: 'Ingress' | 'Egress'): boolean {
  // Without any, the API server would add some.
  if (!spec.policyTypes.includes(type) || spec.policyTypes.length === 1) return false
  spec.policyTypes = spec.policyTypes.filter(each => each !== type)
  return true
}

function openIngress({ spec }: NetworkPolicy): boolean {
  spec.ingress = [...(spec.ingress ?? []), {}]
  return spec.policyTypes.includes('Ingress')
}

function openEgress({ spec }: NetworkPolicy): boolean {
  spec.egress = [...(spec.egress ?? []), {}]
  return spec.policyTypes.includes('Egress')
}

function addInternet({ spec }: NetworkPolicy): boolean {
  spec.egress = [...(spec.egress ?? []), { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]
  return spec.policyTypes.includes('Egress')
}

function dropRules({ spec }: NetworkPolicy, direction: 'ingress' | 'egress'): boolean {
  const had = (spec[direction] ?? []).length > 0
  spec[direction] = []
  return had
}

const peersOf = ({ spec }: NetworkPolicy): Peer[] => [
  ...(spec.ingress ?? []).flatMap(each => each.from ?? []),
  ...(spec.egress ?? []).flatMap(each => each.to ?? []),
]
const portsOf = ({ spec }: NetworkPolicy): Port[] =>
  [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(each => each.ports ?? [])
const changePeers = (policies: NetworkPolicy[], make: Change<Peer>) => changeAll(policies.flatMap(peersOf), make)
const changePorts = (policies: NetworkPolicy[], make: Change<Port>) => changeAll(policies.flatMap(portsOf), make)

function anyNamespace(peer: Peer): boolean {
  if (!peer.namespaceSelector) return false
  peer.namespaceSelector = {}
  return true
}

function ownNamespace(peer: Peer): boolean {
  if (!peer.namespaceSelector) return false
  delete peer.namespaceSelector
  peer.podSelector ??= {}
  return true
}

/** The dash too many in YAML that makes "or" of "and"; seen from here, the pod's labels no longer count. */
function twoPeers(peer: Peer): boolean {
  if (!peer.namespaceSelector || !peer.podSelector) return false
  delete peer.podSelector
  return true
}

function dropExceptions({ ipBlock }: Peer): boolean {
  if (!ipBlock?.except) return false
  delete ipBlock.except
  return true
}

function movePort(each: Port): boolean {
  each.port = typeof each.port === 'number' ? each.port + 1 : `${each.port}s`
  return true
}

function dropPorts({ spec }: NetworkPolicy): boolean {
  const rules = [...(spec.ingress ?? []), ...(spec.egress ?? [])].filter(each => each.ports)
  for (const each of rules) delete each.ports
  return rules.length > 0
}

function setProtocol(each: Port, from: Port['protocol'], to: NonNullable<Port['protocol']>): boolean {
  if ((each.protocol ?? 'TCP') !== from) return false
  each.protocol = to
  return true
}
