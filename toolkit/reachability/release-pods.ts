import type { Manifest } from '../chart/manifests-in.ts'
import type { Endpoint } from './evaluate.ts'
import type { Labels } from './policy.ts'
import { createPod } from './world.ts'

/** A pod that a release runs, with what tells its duties: its ports by name, its arguments, and its variables. */
export type ReleasePod = {
  kind: string
  endpoint: Endpoint
  ports: ReadonlyMap<string, number>
  args: readonly string[]
  /** Those whose value is somewhere else have an empty one here. */
  variables: ReadonlyMap<string, string>
}

type PodTemplate = {
  metadata?: { labels?: Labels }
  spec: { containers: Container[]; initContainers?: Container[] }
}
type Container = {
  args?: string[]
  ports?: { name?: string; containerPort: number }[]
  env?: { name: string; value?: string }[]
  envFrom?: { configMapRef?: { name: string } }[]
}
type ConfigMap = Manifest & { data?: Record<string, string> }
type Workload = Manifest & { spec: { template: PodTemplate } }

export function podsIn(manifests: readonly Manifest[], namespace: string): ReleasePod[] {
  return manifests
    .filter(each => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod'].includes(each.kind))
    .map((each, index) => describe(each, index, { manifests, namespace }))
}

type Release = { manifests: readonly Manifest[]; namespace: string }

function describe(manifest: Manifest, index: number, { manifests, namespace }: Release): ReleasePod {
  const { kind, metadata } = manifest
  // Both shapes follow from the kind, and the strict schema has seen them.
  const template = kind === 'Pod' ? (manifest as unknown as PodTemplate) : (manifest as Workload).spec.template
  const { containers, initContainers = [] } = template.spec
  const all = [...containers, ...initContainers]
  return {
    kind,
    endpoint: createPod(metadata.name, 100 + index, namespace, template.metadata?.labels ?? {}),
    ports: new Map(all.flatMap(each => each.ports ?? []).map(each => [each.name ?? '', each.containerPort])),
    args: containers.flatMap(each => each.args ?? []),
    variables: new Map(all.flatMap(each => variablesOf(each, manifests))),
  }
}

function variablesOf({ env = [], envFrom = [] }: Container, manifests: readonly Manifest[]): [string, string][] {
  const maps = manifests.filter((each): each is ConfigMap => each.kind === 'ConfigMap')
  const named = envFrom.flatMap(
    ({ configMapRef }) => maps.find(each => each.metadata.name === configMapRef?.name) ?? [],
  )
  return [
    ...env.map(({ name, value = '' }): [string, string] => [name, value]),
    ...named.flatMap(each => Object.entries(each.data ?? {})),
  ]
}
