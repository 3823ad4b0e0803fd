import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { copyDataFolder } from './data-folder.ts'
import { createFolder } from './folder.ts'

const root = dirname(dirname(import.meta.dirname))

/** A service without packages, for tests of what runs it: it answers with its environment, and stops as the real one. */
const service = `
import { createServer } from 'node:http'
const server = createServer((request, response) => response.end(JSON.stringify(process.env)))
server.listen(Number(process.env.PORT), process.env.HOST)
let signals = 0
const stop = name => {
  console.log('service got ' + name + ', signal ' + ++signals)
  if (process.env.STUBBORN) return
  server.close(() => process.exit(0))
  server.closeAllConnections()
}
for (const name of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(name, () => stop(name))
`

/** A checkout in a temporary folder with this toolkit, these packages, and files of the test's own. */
export async function createCheckout(files: Record<string, string> = {}): Promise<AsyncDisposable & { path: string }> {
  const folder = await createFolder()
  for (const entry of ['fairlead', 'package.json', 'toolkit', 'lib']) {
    await cp(join(root, entry), join(folder.path, entry), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  const all = { 'service/main.ts': service, 'service/migrate.ts': 'console.log("nothing to migrate")', ...files }
  for (const [file, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true })
    await writeFile(join(folder.path, file), text)
  }
  return folder
}

/** A checkout with the real service. */
export async function createRealCheckout(): Promise<AsyncDisposable & { path: string }> {
  const checkout = await createCheckout()
  for (const folder of ['service', 'migrations', 'flags']) {
    await cp(join(root, folder), join(checkout.path, folder), { recursive: true })
  }
  return checkout
}

/** A checkout that has been started before, so that a start of it need not wait for initdb. */
export async function createUsedCheckout(
  files: Record<string, string> = {},
): Promise<AsyncDisposable & { path: string }> {
  const checkout = await createCheckout(files)
  await copyDataFolder(join(checkout.path, '.local/postgres'))
  return checkout
}

/** A node_modules of the folder's own that has every package but one. */
export async function linkPackages(folder: string, leaveOut: string): Promise<void> {
  const [from, to] = [join(root, 'node_modules'), join(folder, 'node_modules')]
  await mkdir(to)
  for (const entry of await readdir(from)) if (entry !== leaveOut) await symlink(join(from, entry), join(to, entry))
}
