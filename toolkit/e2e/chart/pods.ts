import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { terminate } from '../kubernetes/caller.ts'
import { isReady, lastEnd, listPods, namesOf, readPod } from '../kubernetes/pods.ts'
import { until } from '../until.ts'
import { type ChartProof, inNamespace, namespace, type Setting, servicePods } from './setting.ts'

const twoReady = ({ kubectl, context }: Setting) =>
  until(
    'two ready pods',
    () => listPods(kubectl, servicePods),
    pods => pods.length === 2 && pods.every(isReady),
    context,
  )

export const eviction: ChartProof = {
  name: 'chart-evict',
  async run(setting) {
    const [first, second] = namesOf(await twoReady(setting))
    if (!first || !second) throw new Error('expected two pods')
    const allowed = await evict(setting, first)
    if (allowed.code !== 0) throw new Error(`the first eviction is refused: ${allowed.stderr}`)
    const refused = await evict(setting, second)
    if (!/disruption budget/.test(refused.stderr) || !/TooManyRequests|429/.test(refused.stderr))
      throw new Error(`expected 429, got ${refused.code}: ${refused.stdout}${refused.stderr}`)
    await twoReady(setting)
    return 'one of two pods may be evicted; the other is refused with 429; a new one came'
  },
}

async function evict({ kubectl, folder }: Setting, name: string) {
  const file = join(folder, `evict-${name}.json`)
  await writeFile(file, JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }))
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
  return kubectl.try('create', `--raw=${path}`, `--filename=${file}`, '-v=6')
}

export const termination: ChartProof = {
  name: 'chart-sigterm',
  async run(setting) {
    const { kubectl, context } = setting
    const [pod] = await twoReady(setting)
    if (!pod) throw new Error('expected two pods')
    const { name } = pod.metadata
    const asked = Date.now()
    // To the process that the container runs, as the kubelet would; the pod stays, so its exit code can be read.
    await terminate(kubectl, { name, namespace })
    const again = await until(
      `${name} after SIGTERM`,
      () => readPod(kubectl, namespace, name),
      each => lastEnd(each) !== undefined && isReady(each),
      context,
    )
    const end = lastEnd(again)
    const seconds = Math.round((Date.parse(end?.finishedAt ?? '') - asked) / 1000)
    const grace = pod.spec.terminationGracePeriodSeconds
    if (end?.exitCode !== 0 || seconds > grace)
      throw new Error(`expected 0 within ${grace} s, got ${end?.exitCode} (${end?.reason}) after ${seconds} s`)
    return `SIGTERM ends the process with 0 after ${seconds} s of ${grace}; the container comes back`
  },
}

export const killed: ChartProof = {
  name: 'chart-kill',
  async run(setting) {
    const { kubectl } = setting
    const [pod] = await twoReady(setting)
    if (!pod) throw new Error('expected two pods')
    await kubectl('delete', 'pod', pod.metadata.name, inNamespace, '--grace-period=0', '--force')
    const after = namesOf(await twoReady(setting))
    if (after.includes(pod.metadata.name)) throw new Error(`${pod.metadata.name} is still there`)
    return 'a pod that is killed is replaced'
  },
}
