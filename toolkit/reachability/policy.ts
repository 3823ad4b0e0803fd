import type { Manifest } from '../chart/manifests-in.ts'

/** networking.k8s.io/v1 NetworkPolicy, as far as it decides who reaches whom: all of its spec. */
export type NetworkPolicy = Manifest & {
  metadata: { name: string; namespace: string }
  spec: { podSelector: Selector; policyTypes: Direction[]; ingress?: IngressRule[]; egress?: EgressRule[] }
}

export type Direction = 'Ingress' | 'Egress'
type IngressRule = { from?: Peer[]; ports?: Port[] }
type EgressRule = { to?: Peer[]; ports?: Port[] }

export type Peer = {
  podSelector?: Selector
  namespaceSelector?: Selector
  ipBlock?: { cidr: string; except?: string[] }
}

export type Port = { protocol?: Protocol; port?: number | string; endPort?: number }
export type Protocol = 'TCP' | 'UDP' | 'SCTP'

export type Selector = {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[]
}

export type Labels = Record<string, string>

/** The policies among the objects of a release. Their types must be stated: what the API server adds depends on the rules. */
export function policiesIn(manifests: readonly Manifest[], namespace: string): NetworkPolicy[] {
  return manifests
    .filter(each => each.kind === 'NetworkPolicy')
    .map(each => {
      const policy = { ...each, metadata: { namespace, ...each.metadata } } as NetworkPolicy // the strict schema has seen it
      if (!policy.spec.policyTypes?.length)
        throw new Error(
          `NetworkPolicy ${policy.metadata.name}: expected spec.policyTypes to name Ingress, Egress or both`,
        )
      return policy
    })
}
