import type { Kubectl } from '../../cluster/kubectl.ts'

/** What is read of a pod. */
export type Pod = {
  metadata: { name: string; uid: string; creationTimestamp: string; deletionTimestamp?: string }
  spec: {
    nodeName?: string
    terminationGracePeriodSeconds: number
    containers: { name: string; image: string; resources: { limits?: { memory?: string } } }[]
  }
  status: {
    containerStatuses?: {
      name: string
      ready: boolean
      restartCount: number
      lastState: { terminated?: { exitCode: number; reason: string; finishedAt: string } }
    }[]
  }
}

/** The pods of a release. */
export type Chosen = { namespace: string; selector: string }

type List<T> = { items: T[] }

/** Those that are not on their way out. */
export async function listPods(kubectl: Kubectl, { namespace, selector }: Chosen): Promise<Pod[]> {
  const text = await kubectl('get', 'pods', `--namespace=${namespace}`, `--selector=${selector}`, '--output=json')
  const { items } = JSON.parse(text) as List<Pod> // Kubernetes' own format
  return items.filter(each => each.metadata.deletionTimestamp === undefined)
}

export async function readPod(kubectl: Kubectl, namespace: string, name: string): Promise<Pod> {
  const text = await kubectl('get', 'pod', name, `--namespace=${namespace}`, '--output=json')
  return JSON.parse(text) as Pod // Kubernetes' own format
}

export const namesOf = (pods: readonly Pod[]) => pods.map(each => each.metadata.name).sort()

export const isReady = ({ status }: Pod) => status.containerStatuses?.every(each => each.ready) ?? false

/** How the process of its first container ended last. */
export const lastEnd = ({ status }: Pod) => status.containerStatuses?.[0]?.lastState.terminated
