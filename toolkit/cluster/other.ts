import { resolve } from 'node:path'
import { findProgram } from '../engine/programs.ts'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { NoCluster } from './no-cluster.ts'
import { places } from './places.ts'

/** KUBECONFIG, unless it is that of the cluster which `./fairlead cluster up` starts. */
export const otherKubeconfig = ({ KUBECONFIG }: NodeJS.ProcessEnv): string | undefined =>
  KUBECONFIG === undefined || resolve(KUBECONFIG) === places.kubeconfig ? undefined : KUBECONFIG

/** The command that brings images of the Docker engine into a cluster, by the name of its context; their names follow. */
export async function loaderOf(name: string, { env }: Pick<Context, 'env'>): Promise<[string, ...string[]]> {
  const [program, ...args] = env.CLUSTER_LOAD?.trim().split(/\s+/) ?? []
  if (program) return [program, ...args]
  const kind = /^kind-(.+)$/.exec(name)?.[1]
  const way = 'set CLUSTER_LOAD to the command that does it, such as "minikube image load"'
  if (kind === undefined)
    throw new NoCluster(
      `KUBECONFIG: nobody knows how to bring images into ${name}, which is no cluster of kind; ${way}`,
    )
  if (await findProgram('kind', env)) return ['kind', 'load', 'docker-image', `--name=${kind}`]
  throw new NoCluster(
    `KUBECONFIG: images get into ${name} by the command kind, which is not on PATH (https://kind.sigs.k8s.io); or ${way}`,
  )
}

/** `env` is that of the engine that has the images. */
export async function loadIntoOther(
  [program, ...args]: readonly [string, ...string[]],
  images: readonly string[],
  { root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<void> {
  const { code, stdout, stderr } = await run(program, [...args, ...images], { cwd: root, env, signal })
  if (code === 0) return
  const said = (stderr || stdout).trim().slice(-2000)
  throw new Error(`${[program, ...args, ...images].join(' ')} ended with ${code}: ${said}`)
}
