import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Locked = { version?: string; integrity?: string; link?: boolean; optional?: boolean }
type Lockfile = { packages: Record<string, Locked> }

/** How many packages node_modules holds, when they are those of package-lock.json; throws one sentence when not. */
export async function readInstalled(root: string): Promise<string> {
  const read = async (path: string): Promise<Lockfile> => JSON.parse(await readFile(join(root, path), 'utf8')) // npm wrote it
  const wrong = findDifferences(await read('package-lock.json'), await read('node_modules/.package-lock.json'))
  const [first, ...more] = wrong
  if (first) throw new Error(`${first}${more.length > 0 ? ` and ${more.length} more` : ''}`)
  return `${Object.keys((await read('node_modules/.package-lock.json')).packages).length} packages`
}

/** npm notes in node_modules/.package-lock.json what it installed; optional packages of other platforms are not in it. */
export function findDifferences(wanted: Lockfile, installed: Lockfile): string[] {
  const missing = Object.entries(wanted.packages).flatMap(([path, { version, integrity, optional }]) => {
    const found = installed.packages[path]
    if (path === '' || !path.includes('node_modules/') || (optional && !found)) return []
    if (!found) return [`${path} is missing`]
    if (found.version !== version) return [`${path} is ${found.version}, not ${version}`]
    return found.integrity === integrity ? [] : [`${path} ${version} has other bytes`]
  })
  const extra = Object.keys(installed.packages).filter(path => !(path in wanted.packages))
  return [...missing, ...extra.map(path => `${path} is not in package-lock.json`)]
}
