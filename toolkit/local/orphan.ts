import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/**
 * Ends a server whose launcher was killed. The caller holds the lock on the folder, so whoever runs on it is an orphan.
 * A left-over postmaster.pid whose number now belongs to another program would keep Postgres from starting: it goes.
 */
export async function stopOrphan(dataDir: string, timeoutMs = 60_000): Promise<void> {
  const file = join(dataDir, 'postmaster.pid')
  const pid = await postmasterPid(file)
  if (pid === undefined) return
  if (await isPostmasterOf(pid, dataDir)) {
    process.kill(pid, 'SIGINT')
    const deadline = Date.now() + timeoutMs
    while (await isPostmasterOf(pid, dataDir)) {
      if (Date.now() > deadline)
        throw new Error(`Postgres (pid ${pid}) still runs on ${dataDir} and does not stop; end it, then start again`)
      await setTimeout(20)
    }
  }
  await rm(file, { force: true })
}

async function postmasterPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const pid = Number.parseInt(text, 10)
  return pid > 1 ? pid : undefined
}

async function isPostmasterOf(pid: number, dataDir: string): Promise<boolean> {
  // Empty for a process that has ended and was not yet waited for; absent for one that is gone.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const words = command.split('\0')
  return words[0]?.endsWith('/postgres') === true && words[words.indexOf('-D') + 1] === dataDir
}
