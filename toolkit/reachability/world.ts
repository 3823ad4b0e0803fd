import type { Endpoint } from './evaluate.ts'
import type { Labels } from './policy.ts'

/** What the pods of a release may meet in a cluster: everybody whom the charts' values name, and those whom nobody named. */
export type World = typeof plain & { dnsPort: number }

const plain = {
  gateway: createPod('gateway', 10, 'gateway-system', { 'app.kubernetes.io/name': 'envoy' }),
  prometheus: createPod('Prometheus', 11, 'monitoring', { 'app.kubernetes.io/name': 'prometheus' }),
  alertmanager: createPod('Alertmanager', 12, 'monitoring', { 'app.kubernetes.io/name': 'alertmanager' }),
  collector: createPod('OpenTelemetry collector', 13, 'monitoring', {
    'app.kubernetes.io/name': 'opentelemetry-collector',
  }),
  dns: createPod('DNS', 14, 'kube-system', { 'k8s-app': 'kube-dns' }),
  postgres: createPod('Postgres', 15, 'postgres', { 'app.kubernetes.io/name': 'postgres' }),
  flagd: createPod('flagd', 16, 'flags', { 'app.kubernetes.io/name': 'flagd' }),
  flux: createPod('notification-controller', 17, 'flux-system', { app: 'notification-controller' }),
  /** Of another team; it gave itself every label that opens a door elsewhere, for labels of pods are anybody's to choose. */
  stranger: createPod('stranger', 19, 'elsewhere', {
    'app.kubernetes.io/name': 'prometheus',
    app: 'notification-controller',
    'k8s-app': 'kube-dns',
  }),
  /** In the namespace of the release, but no part of it. */
  neighbour: createPod('neighbour', 20, 'shop', { 'app.kubernetes.io/name': 'neighbour' }),
  // RFC 5737 and RFC 3849 set these aside for documents; to a policy they are as public as any.
  internet: { name: 'internet', address: '203.0.113.7' },
  internet6: { name: 'internet (IPv6)', address: '2001:db8::7' },
  /** Where clouds hand out the credentials of a node. */
  metadata: { name: 'metadata of the cloud', address: '169.254.169.254' },
  office: { name: 'private network', address: '10.1.2.3' },
} satisfies Record<string, Endpoint>

/** OpenShift's name servers listen on another port than their Service. */
const openshift = {
  dns: createPod('DNS', 14, 'openshift-dns', { 'dns.operator.openshift.io/daemonset-dns': 'default' }),
  dnsPort: 5353,
}

const special: Record<string, Partial<World>> = {
  'helm/service ingress': { gateway: createPod('ingress controller', 10, 'traefik', {}) },
  'helm/service openshift': {
    ...openshift,
    gateway: createPod('router', 10, 'openshift-ingress', {}, { 'policy-group.network.openshift.io/ingress': '' }),
    prometheus: createPod('Prometheus', 11, 'openshift-user-workload-monitoring', {}),
  },
  'helm/delivery openshift': openshift,
}

/** Where a shape of a chart lives; its values name these. */
export const worldOf = (chart: string, shape: string): World => ({
  ...plain,
  dnsPort: 53,
  ...special[`${chart} ${shape}`],
})

/** A pod of the same namespace with labels of its own. */
export function siblingOf({ name, pod }: ReturnType<typeof createPod>) {
  return createPod(
    `sibling of ${name}`,
    30,
    pod.namespace,
    { 'app.kubernetes.io/name': 'sibling' },
    pod.namespaceLabels,
  )
}

/** A pod; Kubernetes itself gives its namespace one label. */
export function createPod(name: string, host: number, namespace: string, labels: Labels, more: Labels = {}) {
  const namespaceLabels = { 'kubernetes.io/metadata.name': namespace, ...more }
  return { name, address: `10.244.0.${host}`, pod: { namespace, namespaceLabels, labels } } satisfies Endpoint
}
