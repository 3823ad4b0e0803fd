import { until } from '../until.ts'
import { type ChartProof, inNamespace, releaseName, servicePods, succeed } from './setting.ts'

/** What Kubernetes itself puts into every namespace. */
const its = ['configmap/kube-root-ca.crt', 'serviceaccount/default']

const kinds = [
  ...['deployments.apps', 'replicasets.apps', 'jobs.batch', 'pods', 'services', 'configmaps', 'secrets'],
  ...[
    'serviceaccounts',
    'networkpolicies',
    'poddisruptionbudgets',
    'horizontalpodautoscalers',
    'persistentvolumeclaims',
  ],
]

export const uninstall: ChartProof = {
  name: 'chart-gone',
  async run({ helm, kubectl, context }) {
    await succeed(helm, 'uninstall', releaseName, '--wait', '--timeout=120s')
    const pods = () => kubectl('get', 'pods', inNamespace, `--selector=${servicePods}`, '--output=name')
    await until('the end of the pods', pods, said => said === '', context)
    const said = await kubectl('get', kinds.join(','), inNamespace, '--output=name')
    const left = said.split('\n').filter(line => line !== '' && !its.includes(line))
    // After a failed migration its Job and what it needs stay, to be looked at; helm uninstall knows nothing of hooks.
    const surprising = left.filter(line => !/\/shop-migrate(-|$)/.test(line))
    if (surprising.length > 0) throw new Error(`helm uninstall left ${surprising.join(', ')}`)
    return left.length === 0
      ? 'nothing is left'
      : `only what the failed migration left to be looked at: ${left.join(', ')}`
  },
}
