import { existsSync, globSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { hostLink, takenRoutes } from './network.ts'
import { type Node, tunables } from './node.ts'
import { fixedPlaces, places } from './places.ts'

/** What only the running cluster can tell, and what the machine was like without it. */
export type Traces = { namespaces: readonly string[]; settings: Readonly<Record<string, string>> }

export async function readSettings(): Promise<Record<string, string>> {
  const found = tunables.map(name => `/proc/sys/${name}`).filter(path => existsSync(path))
  return Object.fromEntries(await Promise.all(found.map(async path => [path, await readFile(path, 'utf8')])))
}

export const namespacesOf = (node: Node): Promise<string[]> =>
  Promise.all(['pid', 'net', 'mnt', 'ipc'].map(kind => readlink(`/proc/${node.pid}/ns/${kind}`)))

/** Everything on this machine that belongs to the cluster, a line each; others may use the machine at the same time. */
export async function findLeftovers({ namespaces, settings }: Traces, context: Context): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const links = await Promise.all(
      ['pid', 'net', 'mnt', 'ipc'].map(kind => readlink(`/proc/${pid}/ns/${kind}`).catch(() => '')), // it has ended
    )
    if (links.some(link => namespaces.includes(link))) found.push(`process ${pid}`)
  }
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  const paths = [places.home, ...fixedPlaces]
  for (const line of mounts) if (paths.some(path => line.includes(path))) found.push(`mount ${line}`)
  if ((await readFile('/proc/self/net/dev', 'utf8')).includes(hostLink)) found.push(`interface ${hostLink}`)
  for (const route of await takenRoutes(context)) found.push(`route ${route}`)
  const { stdout: rules } = await run('iptables-save', [], context)
  for (const rule of rules.split('\n')) if (/\b(KUBE|CNI)-|\bcni0\b/.test(rule)) found.push(`rule ${rule}`)
  for (const group of globSync(['/sys/fs/cgroup/kubepods', '/sys/fs/cgroup/*/kubepods'])) found.push(`group ${group}`)
  for (const path of [places.home, ...fixedPlaces]) if (existsSync(path)) found.push(`folder ${path}`)
  for (const [path, value] of Object.entries(await readSettings()))
    if (settings[path] !== value) found.push(`${path} is ${value.trim()}, and was ${settings[path]?.trim()}`)
  return found
}
