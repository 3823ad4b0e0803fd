// Ends the processes of a pod as a crash would: kill.ts <uid of the pod>. In a pod with hostPID, whose root may do that.
import { readdirSync, readFileSync } from 'node:fs'

const [uid = ''] = process.argv.slice(2)
const killed: number[] = []
for (const name of readdirSync('/proc')) {
  if (!/^\d+$/.test(name)) continue
  // Folders of control groups have the uid with dashes, or with underscores where systemd makes them.
  const isOurs = read(`/proc/${name}/cgroup`).replaceAll('_', '-').includes(uid)
  if (!isOurs || !read(`/proc/${name}/cmdline`).includes('main.js')) continue
  process.kill(Number(name), 'SIGKILL')
  killed.push(Number(name))
}
if (killed.length === 0) throw new Error(`no process of pod ${uid} is found`)
process.stdout.write(`${JSON.stringify({ killed })}\n`)

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}
