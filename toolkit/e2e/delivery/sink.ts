import { applyObjects } from '../../cluster/kubectl.ts'
import { runInPod, startCaller } from '../kubernetes/caller.ts'
import { until } from '../until.ts'
import { flux, imageOf, receiverUrl, type Setting, sink, webhookToken } from './setting.ts'

/** Nobody listens at the address of the destination until this is called; its Service is there from the beginning. */
export const startSink = ({ kubectl, ...setting }: Setting): Promise<void> =>
  startCaller(kubectl, { ...sink, image: imageOf({ kubectl, ...setting }), runs: 'sink' })

export async function stopSink({ kubectl }: Setting): Promise<void> {
  await kubectl('delete', 'pod', sink.name, `--namespace=${sink.namespace}`, '--timeout=50s')
}

export const createSinkService = ({ kubectl }: Setting): Promise<void> =>
  applyObjects(kubectl, 'sink-service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: sink,
    spec: { selector: { role: sink.name }, ports: [{ port: 8080 }] },
  })

/** How often each message came; the name of its object is that of the message. */
export async function readSink(
  { kubectl }: Setting,
  prefix: string,
): Promise<{ messages: number; repeated: string[] }> {
  const { body } = await runInPod<{ body: string }>(kubectl, sink, 'ask', 'http://127.0.0.1:8080/')
  const counts = Object.entries(JSON.parse(body) as Record<string, number>) // in-pod/sink.ts
  const ours = counts.filter(([name]) => name.startsWith(`${prefix}-`))
  return { messages: ours.length, repeated: ours.filter(([, count]) => count > 1).map(([name]) => name) }
}

/** Posts events as Flux does; every one has to be taken. */
export async function postEvents(
  { kubectl, context }: Setting,
  { prefix, count, clients = 1 }: { prefix: string; count: number; clients?: number },
): Promise<void> {
  type Posted = { taken: number; failures: Record<string, number> }
  // That pods are ready is known before kube-proxy has written down where they are.
  const reached = () => runInPod<object>(kubectl, flux, 'ask', receiverUrl)
  await until('an answer of the receiver', reached, () => true, context)
  const args = [receiverUrl, webhookToken, prefix, String(count), String(clients)]
  const { taken, failures } = await runInPod<Posted>(kubectl, flux, 'post', ...args)
  if (taken !== count) throw new Error(`${taken} of ${count} events were taken; ${JSON.stringify(failures)}`)
}

/** Waits until all of them have come; none may have come twice. */
export async function assertDelivered(setting: Setting, { prefix, count }: { prefix: string; count: number }) {
  const what = `${count} messages at the destination`
  const { repeated } = await until(
    what,
    () => readSink(setting, prefix),
    ({ messages }) => messages >= count,
    setting.context,
  )
  if (repeated.length > 0) throw new Error(`delivered more than once: ${repeated.slice(0, 5).join(', ')}`)
}
