import { succeed } from '../kubernetes/helm.ts'
import { isReady, listPods, namesOf, type Pod } from '../kubernetes/pods.ts'
import { crash } from './crash.ts'
import { type DeliveryProof, deployArguments, namespace, type Setting } from './setting.ts'
import { assertDelivered, postEvents, startSink, stopSink } from './sink.ts'

const podsOf = async ({ kubectl }: Setting, role: string): Promise<Pod[]> => {
  const pods = await listPods(kubectl, { namespace, selector: `app.kubernetes.io/component=${role}` })
  if (pods.length !== 2 || !pods.every(isReady))
    throw new Error(`${role}: expected two ready pods, got ${namesOf(pods)}`)
  return pods
}

export const replicas: DeliveryProof = {
  name: 'delivery-roles',
  async run(setting) {
    await succeed(setting.helm, ...(await deployArguments(setting, 'postgres')))
    for (const role of ['receiver', 'dispatcher']) await podsOf(setting, role)
    const events = { prefix: 'roles', count: 500, clients: 16 }
    await postEvents(setting, events)
    await assertDelivered(setting, events)
    return `Postgres: two receivers and two dispatchers are ready; ${events.count} messages, each delivered once`
  },
}

export const partialCrash: DeliveryProof = {
  name: 'delivery-killed',
  async run(setting) {
    const events = { prefix: 'killed', count: 20 }
    await stopSink(setting)
    await postEvents(setting, events)
    for (const role of ['receiver', 'dispatcher']) {
      const [pod] = await podsOf(setting, role)
      if (pod) await crash(setting, pod)
    }
    await startSink(setting)
    await assertDelivered(setting, events)
    return `kill -9 of a receiver and a dispatcher with ${events.count} messages under way: each is delivered once`
  },
}
