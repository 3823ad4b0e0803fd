import type { Kubectl } from '../../cluster/kubectl.ts'
import { inNamespace, servicePods } from './setting.ts'

/** What is read of a pod. */
export type Pod = {
  metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string }
  spec: { terminationGracePeriodSeconds: number; containers: { image: string }[] }
  status: {
    containerStatuses?: {
      ready: boolean
      restartCount: number
      lastState: { terminated?: { exitCode: number; reason: string; finishedAt: string } }
    }[]
  }
}

type List<T> = { items: T[] }

/** Those that are not on their way out. */
export async function listPods(kubectl: Kubectl): Promise<Pod[]> {
  const text = await kubectl('get', 'pods', inNamespace, `--selector=${servicePods}`, '--output=json')
  const { items } = JSON.parse(text) as List<Pod> // Kubernetes' own format
  return items.filter(each => each.metadata.deletionTimestamp === undefined)
}

export const namesOf = (pods: readonly Pod[]) => pods.map(each => each.metadata.name).sort()

export const isReady = ({ status }: Pod) => status.containerStatuses?.every(each => each.ready) ?? false

/** When the newest migration Job ended well; the Job itself is gone by then, but the events about it stay. */
export async function migratedAt(kubectl: Kubectl): Promise<number> {
  const fields = '--field-selector=involvedObject.kind=Job,reason=Completed'
  const text = await kubectl('get', 'events', inNamespace, fields, '--output=json')
  const { items } = JSON.parse(text) as List<{ lastTimestamp: string | null; eventTime: string | null }> // as above
  const times = items.map(each => Date.parse(each.lastTimestamp ?? each.eventTime ?? ''))
  if (times.length === 0) throw new Error('no Job of the release has completed')
  return Math.max(...times)
}

export async function urlOf(kubectl: Kubectl): Promise<string> {
  const address = await kubectl('get', 'service/shop', inNamespace, '--output=jsonpath={.spec.clusterIP}')
  return `http://${address}/`
}
