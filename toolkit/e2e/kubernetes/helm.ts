import { join } from 'node:path'
import { prepareHelm } from '../../chart/helm.ts'
import { type Exit, run } from '../../exec.ts'
import type { Context } from '../../step.ts'

/** The pinned helm in one namespace of one cluster. A code other than 0 is the caller's to judge. */
export type HelmIn = (...args: string[]) => Promise<Exit>

export async function createHelm(
  { kubeconfig, namespace, folder }: { kubeconfig: string; namespace: string; folder: string },
  context: Context,
): Promise<HelmIn> {
  const { path } = await prepareHelm(context)
  const homes = Object.fromEntries(
    ['CACHE', 'CONFIG', 'DATA'].map(name => [`HELM_${name}_HOME`, join(folder, `helm-${name.toLowerCase()}`)]),
  )
  const { root, env, signal } = context
  const options = { cwd: root, env: { ...env, ...homes, KUBECONFIG: kubeconfig }, signal }
  return (...args) => run(path, [...args, `--namespace=${namespace}`], options)
}

/** An error with what helm said for any code but 0. */
export async function succeed(helm: HelmIn, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await helm(...args)
  if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
  return stdout
}
