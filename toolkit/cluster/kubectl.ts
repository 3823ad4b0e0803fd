import { writeFile } from 'node:fs/promises'
import { type Exit, run } from '../exec.ts'
import type { Context } from '../step.ts'
import { places } from './places.ts'

export type Kubectl = {
  /** Resolves to what it prints; any exit code but 0 is an error. */
  (...args: string[]): Promise<string>
  /** A code other than 0 is the caller's to judge. */
  try(...args: string[]): Promise<Exit>
  /** Where objects are written before they are applied. */
  folder: string
}

/** The pinned kubectl for one cluster, or a list of files as KUBECONFIG is. Requests that are not answered end after a minute. */
export function createKubectl(
  path: string,
  kubeconfig: string,
  { env, signal }: Pick<Context, 'env' | 'signal'>,
  folder: string = places.config,
): Kubectl {
  const call = (args: readonly string[]) =>
    run(path, ['--request-timeout=60s', ...args], { env: { ...env, KUBECONFIG: kubeconfig }, signal })
  const kubectl = async (...args: string[]) => {
    const { code, stdout, stderr } = await call(args)
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
    return stdout
  }
  return Object.assign(kubectl, { try: (...args: string[]) => call(args), folder })
}

/** Server-side, so that doing it twice changes nothing. The text stays in the folder, to look at. */
export async function applyObjects(kubectl: Kubectl, name: string, objects: object): Promise<void> {
  const file = `${kubectl.folder}/${name}.json`
  await writeFile(file, JSON.stringify(objects, undefined, 2))
  await kubectl('apply', '--server-side', '--field-manager=fairlead-cluster', `--filename=${file}`)
}
