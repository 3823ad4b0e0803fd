import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'

/** Every file of the project: tracked, or new and not ignored. Sorted paths from the root; no symbolic links. */
export async function listFiles(root: string): Promise<string[]> {
  const paths = (await askGit(root)) ?? (await walk(root))
  const found = await Promise.all(paths.map(async path => ((await isFile(join(root, path))) ? path : undefined)))
  return found.filter(path => path !== undefined).sort()
}

/** Undefined where git cannot say: a downloaded archive, no git, or a checkout that git does not trust because another user owns it. */
async function askGit(root: string): Promise<string[] | undefined> {
  if (!existsSync(join(root, '.git'))) return undefined
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const git = await run('git', args, { cwd: root }).catch(() => undefined)
  return git?.code === 0 ? git.stdout.split('\0').filter(path => path !== '') : undefined
}

/** What .gitignore names, for when git is not asked. */
const ignored = /^(node_modules|\.git|\.local|\.build|\.bin|\.env|.*\.log)$/

async function walk(root: string, folder = ''): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const found = entries
    .filter(entry => !ignored.test(entry.name))
    .map(async entry => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? walk(root, path) : [path]
    })
  return (await Promise.all(found)).flat()
}

/** The index still lists a tracked file that was deleted. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile()
  } catch (error) {
    // A cast: file system calls reject with nothing else.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
