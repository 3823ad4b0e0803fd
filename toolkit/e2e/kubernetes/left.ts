import type { Kubectl } from '../../cluster/kubectl.ts'

/** What Kubernetes itself puts into every namespace. */
const its = ['configmap/kube-root-ca.crt', 'serviceaccount/default']

const kinds = [
  ...['deployments.apps', 'statefulsets.apps', 'replicasets.apps', 'jobs.batch', 'pods', 'services', 'configmaps'],
  ...['secrets', 'serviceaccounts', 'networkpolicies', 'poddisruptionbudgets', 'horizontalpodautoscalers'],
  'persistentvolumeclaims',
]

/** What charts make, by kind and name, that is in a namespace. */
export async function listLeft(kubectl: Kubectl, namespace: string): Promise<string[]> {
  const said = await kubectl('get', kinds.join(','), `--namespace=${namespace}`, '--output=name')
  return said.split('\n').filter(line => line !== '' && !its.includes(line))
}
