import { randomUUID } from 'node:crypto'
import { mkdir, readlink, rename, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A symbolic link to `target`, put in place of whatever is there in one step. */
export async function link(target: string, path: string): Promise<void> {
  if ((await pointsTo(path)) === target) return
  const fresh = `${path}.${randomUUID()}`
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, fresh)
  await rename(fresh, path)
}

async function pointsTo(path: string): Promise<string | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    // ENOENT: there is nothing yet. EINVAL: it is no link.
    if (['ENOENT', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
