import { writeFile } from 'node:fs/promises'
import { type Exit, run } from '../exec.ts'
import type { Context } from '../step.ts'
import { places } from './places.ts'

export type Kubectl = {
  /** Resolves to what it prints; any exit code but 0 is an error. */
  (...args: string[]): Promise<string>
  /** A code other than 0 is the caller's to judge. */
  try(...args: string[]): Promise<Exit>
}

/** The pinned kubectl for one cluster. Requests that are not answered end after a minute, so nothing waits for ever. */
export function createKubectl(
  path: string,
  kubeconfig: string,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Kubectl {
  const call = (args: readonly string[]) =>
    run(path, [`--kubeconfig=${kubeconfig}`, '--request-timeout=60s', ...args], { env, signal })
  const kubectl = async (...args: string[]) => {
    const { code, stdout, stderr } = await call(args)
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
    return stdout
  }
  return Object.assign(kubectl, { try: (...args: string[]) => call(args) })
}

/** Server-side, so that doing it twice changes nothing. The text stays in the folder of the cluster, to look at. */
export async function applyObjects(kubectl: Kubectl, name: string, objects: object): Promise<void> {
  const file = `${places.config}/${name}.json`
  await writeFile(file, JSON.stringify(objects, undefined, 2))
  await kubectl('apply', '--server-side', '--field-manager=fairlead-cluster', `--filename=${file}`)
}
