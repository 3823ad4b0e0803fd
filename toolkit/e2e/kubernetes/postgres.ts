import { applyObjects, type Kubectl } from '../../cluster/kubectl.ts'

/** One user, with a database of the same name. */
export type DatabaseServer = { namespace: string; user: string; password: string }

export const urlOfServer = ({ namespace, user, password }: DatabaseServer) =>
  `postgres://${user}:${password}@postgres.${namespace}:5432/${user}?sslmode=disable`

const labels = { 'app.kubernetes.io/name': 'postgres' }

/** A Postgres that keeps nothing, in a namespace that is there. */
export async function startPostgres(kubectl: Kubectl, image: string, server: DatabaseServer): Promise<void> {
  const metadata = { name: 'postgres', namespace: server.namespace }
  const items = [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 5432 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(image, server) } },
    },
  ]
  await applyObjects(kubectl, server.namespace, { apiVersion: 'v1', kind: 'List', items })
  await kubectl('rollout', 'status', `--namespace=${server.namespace}`, 'deployment/postgres', '--timeout=180s')
}

const podSpec = (image: string, { user, password }: DatabaseServer) => ({
  automountServiceAccountToken: false,
  containers: [
    {
      name: 'postgres',
      image,
      imagePullPolicy: 'IfNotPresent',
      args: ['postgres', '-c', 'shared_buffers=32MB', '-c', 'max_connections=60'],
      env: [
        { name: 'POSTGRES_USER', value: user },
        { name: 'POSTGRES_PASSWORD', value: password },
        { name: 'POSTGRES_DB', value: user },
      ],
      // Over TCP: while the image creates the database, its server answers on the socket only.
      readinessProbe: {
        exec: { command: ['pg_isready', '--quiet', '--host=127.0.0.1', `--username=${user}`] },
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
