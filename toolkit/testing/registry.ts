import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { until } from '../e2e/until.ts'
import { start } from '../exec.ts'
import { freePort } from '../local/port.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'

export type RegistryServer = AsyncDisposable & {
  /** 127.0.0.1:<port> */
  host: string
  /** What it has stored, for those who tamper with it. */
  folder: string
}

/** Whom a registry with `login` lets in. The file of passwords holds only a bcrypt hash, which is that of this password. */
export const registryLogin = { user: 'robot', password: 's3cr3t-registry' } as const
const htpasswd = 'robot:$2y$05$abcdefghijklmnopqrstuuyDTvW1QM72au/QtoGlbqZYTIcQNJDsC\n'

/** A real registry on loopback, in a temporary folder; with `login` it asks for a password. */
export async function startRegistry(
  context: Context,
  { login = false }: { login?: boolean } = {},
): Promise<RegistryServer> {
  const { path } = await prepareTool(pinOf('registry'), context)
  const folder = await temporaryFolder('fairlead-registry-')
  try {
    const host = `127.0.0.1:${await freePort()}`
    const storage = join(folder.path, 'storage')
    await mkdir(storage)
    await writeFile(join(folder.path, 'htpasswd'), htpasswd)
    await writeFile(join(folder.path, 'config.yml'), stringify(configOf({ host, storage, folder: folder.path, login })))
    const server = await start(path, ['serve', join(folder.path, 'config.yml')], { endWithUs: 'SIGTERM' })
    let ended = false
    server.exited.then(() => {
      ended = true
    })
    const answers = async () => (ended ? -1 : (await fetch(`http://${host}/v2/`)).status)
    const status = await until('registry', answers, () => true, { signal: context.signal, deadlineMs: 60_000 })
    if (status === -1) throw new Error(`the registry ended at once: ${(await server.exited).stderr.slice(-2000)}`)
    return {
      host,
      folder: storage,
      async [Symbol.asyncDispose]() {
        server.kill('SIGTERM')
        await server.exited
        await folder[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

type Place = { host: string; storage: string; folder: string; login: boolean }

const configOf = ({ host, storage, folder, login }: Place) => ({
  version: 0.1,
  log: { level: 'warn', accesslog: { disabled: true } },
  storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
  http: { addr: host },
  ...(login && { auth: { htpasswd: { realm: 'registry', path: join(folder, 'htpasswd') } } }),
})
