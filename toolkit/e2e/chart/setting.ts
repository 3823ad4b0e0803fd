import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kubectl } from '../../cluster/kubectl.ts'
import { places } from '../../cluster/places.ts'
import { type Exit, run } from '../../exec.ts'
import type { Context } from '../../step.ts'

/** What the proofs of a chart share. */
export type Setting = {
  kubectl: Kubectl
  /** A code other than 0 is the caller's to judge. */
  helm(...args: string[]): Promise<Exit>
  /** Names of images in the cluster: of this tree; with one migration more; with one more that fails. */
  images: { repository: string; tags: { first: string; expanded: string; broken: string } }
  /** For passing files. */
  folder: string
  context: Context
}

export type ChartProof = { name: string; run(setting: Setting): Promise<string> }

export const namespace = 'shop'
export const releaseName = 'shop'
export const inNamespace = `--namespace=${namespace}`
/** Of the pods of the Deployment, not those of jobs and tests. */
export const servicePods = 'app.kubernetes.io/component=service'

export function createHelm(path: string, folder: string, { root, env, signal }: Context): Setting['helm'] {
  const homes = Object.fromEntries(
    ['CACHE', 'CONFIG', 'DATA'].map(name => [`HELM_${name}_HOME`, join(folder, `helm-${name.toLowerCase()}`)]),
  )
  const options = { cwd: root, env: { ...env, ...homes, KUBECONFIG: places.kubeconfig }, signal }
  return (...args) => run(path, [...args, inNamespace], options)
}

/** An error with what helm said for any code but 0. */
export async function succeed(helm: Setting['helm'], ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await helm(...args)
  if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
  return stdout
}

/** The arguments that install the service from an image, or upgrade it to one. */
export async function deployArguments({ images, folder }: Setting, tag: string): Promise<string[]> {
  const values = {
    image: { repository: images.repository, tag, pullPolicy: 'IfNotPresent' },
    replicas: 2,
    env: { ENVIRONMENT: 'nonprod' },
    secrets: { source: 'plain', plain: { DATABASE_URL: databaseUrl } },
    migrations: { backoffLimit: 0 },
  }
  const file = join(folder, `values-${tag}.json`)
  await writeFile(file, JSON.stringify(values))
  return ['upgrade', '--install', releaseName, 'helm/service', `--values=${file}`, '--wait', '--timeout=240s']
}

export const database = { user: 'hello_world', password: 'only-in-this-cluster', namespace: 'postgres' }
const databaseUrl = `postgres://${database.user}:${database.password}@postgres.${database.namespace}.svc.cluster.local:5432/${database.user}?sslmode=disable`
