import type { Endpoint } from './evaluate.ts'
import { type Flow, from, type Stage } from './flow.ts'
import type { ReleasePod } from './release-pods.ts'
import { siblingOf, type World } from './world.ts'

/** Who may talk to whom around helm/service. What its pods need follows from how they are configured, not from the policies. */
export function serviceFlows(pods: readonly ReleasePod[], world: World): Flow[] {
  return pods.flatMap(pod => {
    if (pod.kind === 'Deployment') return [...reached(pod, world), ...reaches(pod, world, 'running')]
    if (pod.kind === 'Job') return [...reaches(pod, world, 'before install'), ...sealed(pod, world, 'before install')]
    return [...tests(pod, pods, world), ...sealed(pod, world, 'helm test')]
  })
}

function reached({ endpoint, ports }: ReleasePod, world: World): Flow[] {
  const port = ports.get('http') ?? 0
  const http = { portName: 'http' }
  const strangers = [world.stranger, world.neighbour, world.postgres, world.flux, world.internet, world.office]
  return [
    from(world.gateway, endpoint, port, http).allowed,
    from(world.prometheus, endpoint, port, http).allowed,
    ...strangers.map(each => from(each, endpoint, port, http).refused),
    ...[world.gateway, world.prometheus].map(each => from(each, endpoint, port + 1).refused),
    from(world.gateway, endpoint, port, { ...http, protocol: 'UDP' }).refused,
  ]
}

function reaches({ endpoint, variables }: ReleasePod, world: World, stage: Stage): Flow[] {
  const has = (name: string) => variables.has(name) || variables.has(`${name}_FILE`)
  const isService = stage === 'running'
  const need = (needed: boolean, to: Endpoint, port: number) =>
    from(endpoint, to, port, { stage })[needed ? 'allowed' : 'refused']
  return [
    ...(['UDP', 'TCP'] as const).map(protocol => from(endpoint, world.dns, world.dnsPort, { stage, protocol }).allowed),
    need(has('DATABASE_URL'), world.postgres, 5432),
    // Tracing is a flag that can be turned on while the service runs.
    need(isService, world.collector, 4318),
    need(isService && !isNear(variables.get('FLAGD_HOST')), world.flagd, 8015),
    ...beyond(endpoint, world, stage),
    from(endpoint, siblingOf(world.dns), world.dnsPort, { stage, protocol: 'UDP' }).refused,
    from(endpoint, siblingOf(world.collector), 4318, { stage }).refused,
    from(endpoint, world.dns, 443, { stage }).refused,
    from(endpoint, world.postgres, 22, { stage }).refused,
  ]
}

/** A sidecar, or nobody at all. */
const isNear = (host = 'localhost') => ['localhost', '127.0.0.1', '::1'].includes(host)

const beyond = (endpoint: Endpoint, world: World, stage: Stage) => [
  ...[world.internet, world.internet6, world.office, world.stranger, world.neighbour].map(
    each => from(endpoint, each, 443, { stage }).refused,
  ),
  from(endpoint, world.metadata, 80, { stage }).refused,
]

function tests({ endpoint }: ReleasePod, pods: readonly ReleasePod[], world: World): Flow[] {
  const stage = 'helm test'
  const services = pods.filter(each => each.kind === 'Deployment')
  return [
    ...services.map(
      ({ endpoint: service, ports }) =>
        from(endpoint, service, ports.get('http') ?? 0, { stage, portName: 'http' }).allowed,
    ),
    ...beyond(endpoint, world, stage),
  ]
}

/** Nobody has a reason to call it. */
const sealed = ({ endpoint }: ReleasePod, world: World, stage: Stage) =>
  [world.gateway, world.prometheus, world.stranger, world.neighbour].map(
    each => from(each, endpoint, 8080, { stage, portName: 'http' }).refused,
  )
