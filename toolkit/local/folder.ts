import { accessSync, constants } from 'node:fs'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { canEnter, databaseUser } from './database-user.ts'

export const dataDirIn = (folder: string) => join(folder, 'postgres')

/**
 * The folder for what `npm start` keeps: `.local` in the checkout, or `fallback` where that cannot be written, as in a
 * read-only checkout, or not be reached by the database user, as below root's home.
 */
export async function localFolder(root: string, fallback: string): Promise<string> {
  const inside = join(root, '.local')
  if ((await prepare(inside)) && (await canEnter(inside, databaseUser(dataDirIn(inside))))) return inside
  if (!(await prepare(fallback)))
    throw new Error(`neither ${inside} nor ${fallback} can be written; the database has nowhere to keep its data`)
  // Anybody may put a folder of this name into /var/tmp before we do.
  const { uid } = await lstat(fallback)
  if (uid !== process.getuid?.())
    throw new Error(`${fallback} belongs to another user (uid ${uid}), so we cannot keep data there; have it removed`)
  return fallback
}

async function prepare(folder: string): Promise<boolean> {
  try {
    const made = await mkdir(folder, { recursive: true })
    if (made) await chmod(folder, 0o711) // whatever the umask: the database user passes through
    if (!(await lstat(folder)).isDirectory()) return false
    accessSync(folder, constants.W_OK)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false
    throw error
  }
}
