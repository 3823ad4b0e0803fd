import type { Kubectl } from '../../cluster/kubectl.ts'
import { startCaller, terminate } from '../kubernetes/caller.ts'
import { until } from '../until.ts'
import { gateway, namespace, type Setting, servicePods, serviceUrl } from './setting.ts'

type Tally = { answers: number; failures: Record<string, number> }

const CLIENTS = '50' // as many as ./fairlead bench has
const load = { name: 'load', namespace: gateway.namespace }

/** Does something under load: not one request may fail, and there have to be enough of them. Resolves to how many. */
export async function underLoad(setting: Setting, work: () => Promise<unknown>): Promise<number> {
  const { kubectl, context, images, requests } = setting
  const image = `${images.repository}:${images.tags.first}`
  await startCaller(kubectl, { ...load, image, runs: 'load', args: [serviceUrl, CLIENTS] })
  let tally: Tally
  try {
    await until(
      'the first answer',
      () => readTally(kubectl),
      ({ answers }) => answers > 0,
      context,
    )
    await work()
    // Old pods answer until they are gone, and that is when requests get lost.
    const settled = async () => ({ all: await countAll(kubectl), ...(await readTally(kubectl)) })
    const isOver = ({ all, answers, failures }: Awaited<ReturnType<typeof settled>>) =>
      all === 2 && (answers >= requests || Object.keys(failures).length > 0)
    await until(`the end of the old pods, and ${requests} requests`, settled, isOver, {
      ...context,
      deadlineMs: 600_000,
    })
  } finally {
    tally = await stopLoad(setting)
  }
  const { answers, failures } = tally
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0)
  if (failed > 0)
    throw new Error(`${failed} of ${answers + failed} requests failed: ${Object.keys(failures).slice(0, 5).join('; ')}`)
  return answers
}

async function stopLoad({ kubectl, context }: Setting): Promise<Tally> {
  await terminate(kubectl, load)
  const phase = () =>
    kubectl('get', 'pod', load.name, `--namespace=${load.namespace}`, '--output=jsonpath={.status.phase}')
  await until('the end of the load', phase, said => said === 'Succeeded', context)
  const tally = await readTally(kubectl)
  await kubectl('delete', 'pod', load.name, `--namespace=${load.namespace}`, '--timeout=50s')
  return tally
}

async function readTally(kubectl: Kubectl): Promise<Tally> {
  return JSON.parse(await kubectl('logs', `--namespace=${load.namespace}`, load.name, '--tail=1')) as Tally // in-pod/load.ts
}

/** Those that are on their way out, too. */
async function countAll(kubectl: Kubectl): Promise<number> {
  const { selector } = servicePods
  const said = await kubectl('get', 'pods', `--namespace=${namespace}`, `--selector=${selector}`, '--output=name')
  return said.split('\n').filter(line => line !== '').length
}
