import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kubectl } from '../../cluster/kubectl.ts'
import type { Context } from '../../step.ts'
import type { HelmIn } from '../kubernetes/helm.ts'
import type { Strictness } from '../kubernetes/namespaces.ts'
import { type DatabaseServer, urlOfServer } from '../kubernetes/postgres.ts'

/** What the proofs of the delivery plane's chart share. */
export type Setting = {
  kubectl: Kubectl
  helm: HelmIn
  image: { repository: string; tag: string }
  /** For passing files. */
  folder: string
  context: Context
}

export type DeliveryProof = { name: string; run(setting: Setting): Promise<string> }

export const namespace = 'delivery-proof'
export const inNamespace = `--namespace=${namespace}`
export const flux = { name: 'notification-controller', namespace: 'delivery-proof-flux' }
export const sink = { name: 'sink', namespace: 'delivery-proof-sink' }
/** Who can end a process as a crash would. */
export const killer = { name: 'killer', namespace: 'delivery-proof-killer' }
export const database: DatabaseServer = {
  namespace: 'delivery-proof-postgres',
  user: 'fairlead',
  password: 'only-in-this-cluster',
}
export const namespaces: Record<string, Strictness> = {
  [namespace]: 'restricted',
  [flux.namespace]: 'restricted',
  [sink.namespace]: 'restricted',
  [killer.namespace]: 'privileged',
  [database.namespace]: 'privileged',
}

export const releaseName = 'told'
/** The receiver's Service and path, as a Provider of Flux has it. */
export const receiverUrl = `http://${releaseName}.${namespace}:8080/webhook`
export const webhookToken = 'what-flux-shows-in-this-cluster'
export const imageOf = ({ image }: Setting) => `${image.repository}:${image.tag}`

const inside = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })

/** The arguments that install the chart in one of its two shapes. */
export async function deployArguments({ image, folder }: Setting, shape: 'sqlite' | 'postgres'): Promise<string[]> {
  const values = {
    fullnameOverride: releaseName,
    image: { ...image, pullPolicy: 'IfNotPresent' },
    ...(shape === 'postgres' && {
      outbox: { store: 'postgres', postgres: { url: urlOfServer(database) } },
      roles: { receiver: { replicas: 2 }, dispatcher: { replicas: 2 } },
    }),
    secrets: { plain: { WEBHOOK_TOKEN: webhookToken, DELIVERY_API_TOKEN: 'what-operators-show-in-this-cluster' } },
    config: {
      destinations: {
        sink: {
          type: 'webhook',
          url: `http://${sink.name}.${sink.namespace}:8080/`,
          allowAddresses: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
          // Soon again: the proofs wait for it.
          retry: { minDelay: '500ms', maxDelay: '2s', maxAttempts: 1000 },
        },
      },
    },
    networkPolicy: {
      flux: { namespaceSelector: inside(flux.namespace) },
      postgres: { to: [{ namespaceSelector: inside(database.namespace) }] },
      extraEgress: [{ to: [{ namespaceSelector: inside(sink.namespace) }], ports: [{ port: 8080, protocol: 'TCP' }] }],
    },
  }
  const file = join(folder, `values-${shape}.json`)
  await writeFile(file, JSON.stringify(values))
  return ['upgrade', '--install', releaseName, 'helm/delivery', `--values=${file}`, '--wait', '--timeout=180s']
}
