import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kubectl } from '../../cluster/kubectl.ts'
import type { Context } from '../../step.ts'
import type { HelmIn } from '../kubernetes/helm.ts'
import type { Strictness } from '../kubernetes/namespaces.ts'
import type { Chosen } from '../kubernetes/pods.ts'
import { type DatabaseServer, urlOfServer } from '../kubernetes/postgres.ts'

/** What the proofs of a chart share. */
export type Setting = {
  kubectl: Kubectl
  helm: HelmIn
  /** Names of images in the cluster: of this tree; with one migration more; with one more that fails. */
  images: { repository: string; tags: { first: string; expanded: string; broken: string } }
  /** At least so many have to be answered while something happens. */
  requests: number
  /** For passing files. */
  folder: string
  context: Context
}

export type ChartProof = { name: string; run(setting: Setting): Promise<string> }

export const namespace = 'chart-proof'
export const gateway = { name: 'gateway', namespace: 'chart-proof-gateway' }
export const database: DatabaseServer = {
  namespace: 'chart-proof-postgres',
  user: 'hello_world',
  password: 'only-in-this-cluster',
}
/** The release as strict as pod security gets; so is who calls it. */
export const namespaces: Record<string, Strictness> = {
  [namespace]: 'restricted',
  [gateway.namespace]: 'restricted',
  [database.namespace]: 'privileged',
}
export const releaseName = 'shop'
export const inNamespace = `--namespace=${namespace}`
/** The pods of the Deployment, not those of jobs and tests. */
export const servicePods: Chosen = { namespace, selector: 'app.kubernetes.io/component=service' }
/** Of the Service, for the gateway. */
export const serviceUrl = `http://${releaseName}.${namespace}/`

/** The arguments that install the service from an image, or upgrade it to one. */
export async function deployArguments({ images, folder }: Setting, tag: string): Promise<string[]> {
  const inside = (name: string) => [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }]
  const values = {
    image: { repository: images.repository, tag, pullPolicy: 'IfNotPresent' },
    replicas: 2,
    env: { ENVIRONMENT: 'nonprod' },
    secrets: { source: 'plain', plain: { DATABASE_URL: urlOfServer(database) } },
    migrations: { backoffLimit: 0 },
    networkPolicy: {
      ingress: { gateway: inside(gateway.namespace) },
      egress: { postgres: { to: inside(database.namespace) } },
    },
  }
  const file = join(folder, `values-${tag}.json`)
  await writeFile(file, JSON.stringify(values))
  return ['upgrade', '--install', releaseName, 'helm/service', `--values=${file}`, '--wait', '--timeout=240s']
}
