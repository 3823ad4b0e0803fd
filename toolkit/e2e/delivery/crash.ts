import { runInPod } from '../kubernetes/caller.ts'
import { isReady, lastEnd, type Pod, readPod } from '../kubernetes/pods.ts'
import { until } from '../until.ts'
import { killer, namespace, type Setting } from './setting.ts'

const SIGKILL = 128 + 9

/** Ends the process of a pod as kill -9 does, and waits until the kubelet has started it again in the same pod. */
export async function crash({ kubectl, context }: Setting, { metadata }: Pod): Promise<void> {
  const restarts = (pod: Pod) => pod.status.containerStatuses?.[0]?.restartCount ?? 0
  const before = restarts(await readPod(kubectl, namespace, metadata.name))
  await runInPod(kubectl, killer, 'kill', metadata.uid)
  const again = await until(
    `${metadata.name} after kill -9`,
    () => readPod(kubectl, namespace, metadata.name),
    pod => restarts(pod) > before && isReady(pod),
    context,
  )
  const end = lastEnd(again)
  if (end?.exitCode !== SIGKILL || end.reason === 'OOMKilled')
    throw new Error(`expected the process to end with ${SIGKILL}, got ${end?.exitCode} (${end?.reason})`)
}
