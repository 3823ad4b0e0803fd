import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { listFiles } from '../tree/list-files.ts'

const root = join(import.meta.dirname, '../..')

/** The tree as somebody would download it now, in a temporary folder: no ignored files and no git, the packages by a link. */
export async function copyTree(t: TestContext): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'copy-'))
  t.after(() => rm(copy, { recursive: true, force: true }))
  for (const file of await listFiles(root)) await cp(join(root, file), join(copy, file))
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}
