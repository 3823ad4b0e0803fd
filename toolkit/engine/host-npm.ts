import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'

/**
 * How this machine reaches its npm registry, as files that `npm ci` sees in the image's build: build secrets, which no
 * layer holds. They may be credentials, so `folder` is to be removed.
 */
export async function hostNpm(folder: string, { root, env, signal }: Context): Promise<NodeJS.ProcessEnv> {
  const ask = async (key: string) =>
    (await run('npm', ['config', 'get', key], { cwd: root, env, signal })).stdout.trim()
  const [own, registry] = await Promise.all([ask('userconfig'), ask('registry')])
  const file = join(folder, 'npmrc')
  const settings = existsSync(own) ? await readFile(own, 'utf8') : ''
  await writeFile(file, `${settings}\nregistry=${registry}\n`, { mode: 0o600 })
  const ca = env.NODE_EXTRA_CA_CERTS
  return { BUILD_NPMRC: file, ...(ca && existsSync(ca) && { BUILD_CA: ca }) }
}
