import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = dirname(dirname(import.meta.dirname))

/** A service with one file and no packages, for tests of what runs it: it answers everything, and stops as the real one. */
const service = `
import { createServer } from 'node:http'
const server = createServer((request, response) => response.end(JSON.stringify({ pid: process.pid, env: process.env })))
server.listen(Number(process.env.PORT), process.env.HOST)
let signals = 0
const stop = name => {
  console.log('service got ' + name + ' number ' + ++signals)
  server.close(() => { console.log('service ends'); process.exit(0) })
  server.closeAllConnections()
}
for (const name of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(name, stop.bind(undefined, name))
`

/** A checkout in a temporary folder with this toolkit, these packages, and a service of the test's own. */
export async function createCheckout(files: Record<string, string> = {}): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'check out-'))
  await chmod(path, 0o755) // open to the database user; a test that wants it closed closes it
  for (const entry of ['fairlead', 'package.json', 'toolkit', 'lib']) {
    await cp(join(root, entry), join(path, entry), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(path, 'node_modules'))
  await mkdir(join(path, 'service'))
  const all = { 'service/main.ts': service, 'service/migrate.ts': 'console.log("nothing to migrate")', ...files }
  for (const [file, text] of Object.entries(all)) await writeFile(join(path, file), text)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10 }) }
}
