import { succeed } from '../kubernetes/helm.ts'
import { type Chosen, isReady, listPods, namesOf, type Pod } from '../kubernetes/pods.ts'
import { assertUnharmed } from '../kubernetes/unharmed.ts'
import { until } from '../until.ts'
import { crash } from './crash.ts'
import { readLedger } from './ledger.ts'
import { type DeliveryProof, deployArguments, inNamespace, namespace, releaseName, type Setting } from './setting.ts'
import { assertDelivered, postEvents, readSink, startSink, stopSink } from './sink.ts'

const pods: Chosen = { namespace, selector: 'app.kubernetes.io/component=all' }
const CRASH_EVENTS = 20

export const install: DeliveryProof = {
  name: 'delivery-install',
  async run(setting) {
    const { helm, kubectl } = setting
    await succeed(helm, ...(await deployArguments(setting, 'sqlite')))
    await onlyPod(setting)
    const volume = await kubectl('get', 'pvc', inNamespace, '--output=jsonpath={.items[*].status.phase}')
    if (volume !== 'Bound') throw new Error(`expected one volume that is bound, got "${volume}"`)
    const said = await succeed(helm, 'test', releaseName, '--timeout=120s')
    if (!/Phase:\s+Succeeded/.test(said)) throw new Error(`helm test said ${said}`)
    return 'SQLite: in a restricted namespace one pod is ready, with its ledger on a volume; helm test: Succeeded'
  },
}

export const event: DeliveryProof = {
  name: 'delivery-event',
  async run(setting) {
    await startSink(setting)
    const events = { prefix: 'first', count: 1 }
    await postEvents(setting, events)
    await assertDelivered(setting, events)
    return 'an event that Flux posts is a message at the destination'
  },
}

export const survival: DeliveryProof = {
  name: 'delivery-crash',
  async run(setting) {
    const events = { prefix: 'crash', count: CRASH_EVENTS }
    await stopSink(setting)
    await postEvents(setting, events)
    const pod = await onlyPod(setting)
    await crash(setting, pod)
    const { states } = await readLedger(setting, pod.metadata.name, events.prefix)
    const waiting = (states.pending ?? 0) + (states.leased ?? 0)
    if (waiting !== events.count) throw new Error(`expected ${events.count} that wait, got ${JSON.stringify(states)}`)
    await startSink(setting)
    await assertDelivered(setting, events)
    await until(
      'the ledger to say so',
      () => readLedger(setting, pod.metadata.name, events.prefix),
      ledger => ledger.states.delivered === events.count,
      setting.context,
    )
    const { repeated } = await readSink(setting, events.prefix)
    if (repeated.length > 0) throw new Error(`delivered more than once: ${repeated.join(', ')}`)
    return `kill -9 with ${events.count} messages under way: all are in the ledger, and each is delivered once`
  },
}

const LOAD = { prefix: 'load', count: 20_000, clients: 64 } // as many clients as ./fairlead bench delivery has

export const limits: DeliveryProof = {
  name: 'delivery-limits',
  async run(setting) {
    const { kubectl, context } = setting
    // A new pod: the one that was killed counts a restart.
    await kubectl('delete', 'pod', (await onlyPod(setting)).metadata.name, inNamespace, '--timeout=50s')
    await until(
      'a new pod',
      () => listPods(kubectl, pods),
      each => each.length === 1 && each.every(isReady),
      context,
    )
    const since = performance.now()
    await postEvents(setting, LOAD)
    const perSecond = Math.round(LOAD.count / ((performance.now() - since) / 1000))
    const seen = await assertUnharmed(kubectl, pods, new Date(), context.signal)
    await assertDelivered(setting, LOAD)
    return `${seen}; ${LOAD.count} events, ${perSecond} a second, each delivered once`
  },
}

async function onlyPod({ kubectl }: Setting): Promise<Pod> {
  const found = await listPods(kubectl, pods)
  const [pod] = found
  if (!pod || found.length > 1 || !isReady(pod)) throw new Error(`expected one ready pod, got ${namesOf(found)}`)
  return pod
}
