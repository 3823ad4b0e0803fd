import { succeed } from '../kubernetes/helm.ts'
import { listLeft } from '../kubernetes/left.ts'
import { until } from '../until.ts'
import { type ChartProof, inNamespace, namespace, releaseName, servicePods } from './setting.ts'

export const uninstall: ChartProof = {
  name: 'chart-gone',
  async run({ helm, kubectl, context }) {
    await succeed(helm, 'uninstall', releaseName, '--wait', '--timeout=120s')
    const pods = () => kubectl('get', 'pods', inNamespace, `--selector=${servicePods.selector}`, '--output=name')
    await until('the end of the pods', pods, said => said === '', context)
    const left = await listLeft(kubectl, namespace)
    // After a failed migration its Job and what it needs stay, to be looked at; helm uninstall knows nothing of hooks.
    const surprising = left.filter(line => !/\/shop-migrate(-|$)/.test(line))
    if (surprising.length > 0) throw new Error(`helm uninstall left ${surprising.join(', ')}`)
    return left.length === 0
      ? 'nothing is left'
      : `only what the failed migration left to be looked at: ${left.join(', ')}`
  },
}
