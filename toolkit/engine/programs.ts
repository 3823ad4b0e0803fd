import { access, constants, realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Where a program of this name really lies that a folder of PATH has. */
export async function findProgram(name: string, { PATH = '' }: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, name)
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return realpath(path)
  }
  return undefined
}
