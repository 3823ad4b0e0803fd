import { applyObjects, type Kubectl } from '../../cluster/kubectl.ts'
import { database, namespace } from './setting.ts'

const labels = { 'app.kubernetes.io/name': 'postgres' }

/** The namespace of the release, as strict as pod security gets, and a Postgres that keeps nothing. */
export async function applySurroundings(kubectl: Kubectl, image: string): Promise<void> {
  await applyObjects(kubectl, 'chart-surroundings', { apiVersion: 'v1', kind: 'List', items: surroundings(image) })
  await kubectl('rollout', 'status', `--namespace=${database.namespace}`, 'deployment/postgres', '--timeout=180s')
}

const surroundings = (image: string) => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: database.namespace } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'postgres', namespace: database.namespace },
    spec: { selector: labels, ports: [{ port: 5432 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'postgres', namespace: database.namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(image) } },
  },
]

const podSpec = (image: string) => ({
  automountServiceAccountToken: false,
  containers: [
    {
      name: 'postgres',
      image,
      imagePullPolicy: 'IfNotPresent',
      args: ['postgres', '-c', 'shared_buffers=32MB', '-c', 'max_connections=60'],
      env: [
        { name: 'POSTGRES_USER', value: database.user },
        { name: 'POSTGRES_PASSWORD', value: database.password },
        { name: 'POSTGRES_DB', value: database.user },
      ],
      // Over TCP: while the image creates the database, its server answers on the socket only.
      readinessProbe: {
        exec: { command: ['pg_isready', '--quiet', '--host=127.0.0.1', `--username=${database.user}`] },
        periodSeconds: 2,
      },
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
      volumeMounts: [
        { name: 'data', mountPath: '/var/lib/postgresql' },
        { name: 'run', mountPath: '/var/run/postgresql' },
      ],
    },
  ],
  volumes: ['data', 'run'].map(name => ({ name, emptyDir: {} })),
})
