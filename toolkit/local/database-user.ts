import { readFileSync, statSync } from 'node:fs'
import { run } from '../exec.ts'

/** Who runs Postgres; undefined: the same user as this process. */
export type DatabaseUser = { uid: number; gid: number } | undefined

/** Postgres refuses to run as root, so root runs it as the owner of existing data, or as `nobody`. */
export function databaseUser(dataDir: string): DatabaseUser {
  if (process.getuid?.() !== 0) return undefined
  const data = statSync(dataDir, { throwIfNoEntry: false })
  if (data && data.uid !== 0) return { uid: data.uid, gid: data.gid }
  // initdb looks its user up by number, so it must be one that this machine lists.
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  if (!nobody)
    throw new Error(
      'Postgres does not run as root, and /etc/passwd has no user "nobody" to run it as; use another user',
    )
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) }
}

/** Whether the user can enter a folder; asked of the system, since access lists and mounts have a say too. */
export async function canEnter(folder: string, user: DatabaseUser): Promise<boolean> {
  const { code } = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { cwd: '/', ...user })
  return code === 0
}
