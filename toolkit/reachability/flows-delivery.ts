import type { Endpoint } from './evaluate.ts'
import { type Flow, from } from './flow.ts'
import type { ReleasePod } from './release-pods.ts'
import { siblingOf, type World } from './world.ts'

/** Who may talk to whom around helm/delivery; a pod's arguments say which roles it plays. */
export function deliveryFlows(pods: readonly ReleasePod[], world: World): Flow[] {
  return pods.flatMap(pod => {
    if (pod.kind === 'Pod') return tests(pod, pods, world)
    const plays = (role: string) => pod.args.includes(role)
    return [
      ...observed(pod, world),
      ...receives(pod, plays('receiver'), world),
      ...sends(pod, plays('dispatcher'), world),
      ...shared(pod, world),
    ]
  })
}

const portOf = ({ ports }: ReleasePod, name: string) => ports.get(name) ?? ports.get('http') ?? 0

function observed(pod: ReleasePod, world: World): Flow[] {
  const port = portOf(pod, 'metrics')
  return [
    from(world.prometheus, pod.endpoint, port).allowed,
    ...[world.stranger, world.neighbour, world.gateway, siblingOf(world.prometheus)].map(
      each => from(each, pod.endpoint, port).refused,
    ),
  ]
}

function receives(pod: ReleasePod, isReceiver: boolean, world: World): Flow[] {
  const port = portOf(pod, 'http')
  const send = (each: Endpoint) => from(each, pod.endpoint, port, { portName: 'http' })
  const senders = [world.flux, world.alertmanager].map(send)
  const strangers = [
    siblingOf(world.flux),
    siblingOf(world.alertmanager),
    world.stranger,
    world.neighbour,
    world.gateway,
    world.internet,
  ].map(send)
  return [...senders.map(each => (isReceiver ? each.allowed : each.refused)), ...strangers.map(each => each.refused)]
}

function sends({ endpoint }: ReleasePod, isDispatcher: boolean, world: World): Flow[] {
  const verdict = isDispatcher ? 'allowed' : 'refused'
  return [
    ...[world.internet, world.internet6].map(each => from(endpoint, each, 443)[verdict]),
    ...[25, 80].map(port => from(endpoint, world.internet, port).refused),
    // Whoever may name a destination must not reach into the network behind it.
    ...[world.office, world.metadata, world.stranger, world.neighbour].map(each => from(endpoint, each, 443).refused),
    from(endpoint, world.metadata, 80).refused,
  ]
}

function shared({ endpoint, variables }: ReleasePod, world: World): Flow[] {
  const verdict = variables.has('OUTBOX_URL_FILE') ? 'allowed' : 'refused'
  return [
    ...(['UDP', 'TCP'] as const).map(protocol => from(endpoint, world.dns, world.dnsPort, { protocol }).allowed),
    from(endpoint, siblingOf(world.dns), world.dnsPort, { protocol: 'UDP' }).refused,
    from(endpoint, world.postgres, 5432)[verdict],
    from(endpoint, world.postgres, 22).refused,
  ]
}

function tests({ endpoint }: ReleasePod, pods: readonly ReleasePod[], world: World): Flow[] {
  const stage = 'helm test'
  const others = pods.filter(each => each.kind !== 'Pod')
  return [
    ...others.map(each => from(endpoint, each.endpoint, portOf(each, 'probes'), { stage }).allowed),
    ...[world.internet, world.metadata, world.neighbour].map(each => from(endpoint, each, 443, { stage }).refused),
    ...[world.stranger, world.neighbour].map(each => from(each, endpoint, 8080, { stage }).refused),
  ]
}
