import type { Manifest } from '../chart/manifests-in.ts'
import { type Endpoint, judge, type Traffic } from './evaluate.ts'
import type { NetworkPolicy } from './policy.ts'

/**
 * When: policies that belong to a hook of helm stand only while it runs, and before the first install nothing else stands.
 */
export type Stage = 'running' | 'before install' | 'helm test'

/** What has to be so. */
export type Flow = { traffic: Traffic; allowed: boolean; stage: Stage }

export const stages: readonly Stage[] = ['running', 'before install', 'helm test']

/** The policies that stand at a stage. */
export function standing(policies: readonly NetworkPolicy[], stage: Stage): NetworkPolicy[] {
  return policies.filter(policy => {
    const hooks = hooksOf(policy)
    if (stage === 'before install') return hooks.includes('pre-install')
    return hooks.length === 0 || (stage === 'helm test' && hooks.includes('test'))
  })
}

function hooksOf({ metadata }: Manifest & { metadata: { annotations?: Record<string, string> } }): string[] {
  const value = metadata.annotations?.['helm.sh/hook'] ?? ''
  return value.split(',').filter(each => each !== '')
}

/** A sentence for each flow that is not as it has to be. */
export function findWrong(policies: readonly NetworkPolicy[], flows: readonly Flow[]): string[] {
  return flows
    .filter(({ traffic, allowed, stage }) => {
      const { ingress, egress } = judge(standing(policies, stage), traffic)
      return (ingress && egress) !== allowed
    })
    .map(flow => `${describe(flow)}: has to be ${flow.allowed ? 'allowed' : 'refused'}, and is not`)
}

export const describe = ({ traffic: { from, to, port, protocol }, stage }: Flow) =>
  `${from.name} → ${to.name} ${protocol} ${port} (${stage})`

type More = { protocol?: Traffic['protocol']; portName?: string; stage?: Stage }

/** The beginning of a sentence that `.allowed` or `.refused` ends. */
export function from(source: Endpoint, to: Endpoint, port: number, more: More = {}): { allowed: Flow; refused: Flow } {
  const { protocol = 'TCP', portName, stage = 'running' } = more
  const traffic: Traffic = { from: source, to, port, protocol, ...(portName && { portName }) }
  return { allowed: { traffic, allowed: true, stage }, refused: { traffic, allowed: false, stage } }
}
