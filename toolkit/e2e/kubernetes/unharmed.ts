import type { Kubectl } from '../../cluster/kubectl.ts'
import { until } from '../until.ts'
import { type Chosen, listPods, type Pod } from './pods.ts'

type Memory = { time: string; workingSetBytes: number }
type Container = { name: string; memory?: Memory }
type Summary = { pods: { podRef: { name: string; namespace: string }; containers?: Container[] }[] }

const units: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 }

/** Bytes of a quantity of Kubernetes, as far as charts write them. */
export function parseMemory(text: string): number {
  const [, digits = '', unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(text) ?? []
  if (digits === '') throw new Error(`memory: expected a number with Ki, Mi or Gi, got "${text}"`)
  return Number(digits) * (units[unit] ?? 1)
}

/**
 * No container was ended or restarted, none has written where it may not, and none has no memory left. The kubelet's
 * figures are some seconds old, so they are asked for until they are younger than `since`.
 */
export async function assertUnharmed(
  kubectl: Kubectl,
  chosen: Chosen,
  since: Date,
  signal: AbortSignal,
): Promise<string> {
  const used = await until(
    'figures of memory under load',
    () => memoryOf(kubectl, chosen),
    containers => containers.length > 0 && containers.every(({ memory }) => memory && new Date(memory.time) > since),
    { signal },
  )
  const pods = await listPods(kubectl, chosen)
  for (const pod of pods) await assertWell(kubectl, chosen, pod)
  const figures = used.map(({ limit, memory }) => {
    const bytes = memory?.workingSetBytes ?? 0
    if (bytes >= limit) throw new Error(`memory: ${inMiB(bytes)} of ${inMiB(limit)} are used`)
    return `${inMiB(bytes)} of ${inMiB(limit)}`
  })
  return `no restart, no OOM, no EROFS in ${pods.length} pods; working set ${[...new Set(figures)].join(', ')}`
}

const inMiB = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`

async function memoryOf(kubectl: Kubectl, chosen: Chosen): Promise<{ limit: number; memory: Memory | undefined }[]> {
  const pods = await listPods(kubectl, chosen)
  const found: { limit: number; memory: Memory | undefined }[] = []
  for (const node of new Set(pods.map(({ spec }) => spec.nodeName ?? ''))) {
    const text = await kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`)
    const summary: Summary = JSON.parse(text) // k8s.io/kubelet/pkg/apis/stats/v1alpha1
    for (const { metadata, spec } of pods.filter(each => each.spec.nodeName === node)) {
      const isIt = ({ podRef }: Summary['pods'][number]) =>
        podRef.name === metadata.name && podRef.namespace === chosen.namespace
      const seen = summary.pods.find(isIt)?.containers ?? []
      for (const { name, resources } of spec.containers) {
        const limit = parseMemory(resources.limits?.memory ?? '')
        found.push({ limit, memory: seen.find(each => each.name === name)?.memory })
      }
    }
  }
  return found
}

async function assertWell(kubectl: Kubectl, { namespace }: Chosen, pod: Pod): Promise<void> {
  const { name } = pod.metadata
  for (const each of pod.status.containerStatuses ?? []) {
    const end = each.lastState.terminated
    if (each.restartCount !== 0 || end)
      throw new Error(
        `${name}: ${each.name} was restarted ${each.restartCount} times, last: ${end?.reason ?? 'unknown'}`,
      )
  }
  const log = await kubectl('logs', `--namespace=${namespace}`, name, '--all-containers', '--tail=-1')
  const line = log.split('\n').find(text => /EROFS|read-only file system/i.test(text))
  if (line) throw new Error(`${name} has written where it may not: ${line.slice(0, 500)}`)
}
