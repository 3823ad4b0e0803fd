import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { until } from '../e2e/until.ts'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { fixedPlaces, places } from './places.ts'

/**
 * The machine of the cluster: namespaces for processes, mounts and the network, held by their first process. What runs in
 * it, is mounted in it, and every interface, route and firewall rule of it ends with that process, so that `down` has
 * nothing to look for, however `up` ended.
 */
export type Node = {
  /** Its first process, as this machine sees it. */
  pid: number
  /** Arguments before a command that is to run inside. */
  prefix: readonly string[]
}

type Owner = Pick<Context, 'env' | 'signal'>

// A shell that waits reaps whoever is adopted by it, as process 1 has to; /bin/sleep alone would not.
const init = 'sleep infinity & wait'

// Settings of the whole machine that the kubelet insists on (pkg/kubelet/cm): inside, they are files that nobody reads.
export const tunables = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
]

const furnish = `set -eu
mount -t tmpfs -o mode=755 tmpfs /run
for folder in ${fixedPlaces.join(' ')}; do
  mkdir -p $folder
  mount -t tmpfs -o mode=755 tmpfs $folder
done
for name in ${tunables.join(' ')}; do
  if [ -e /proc/sys/$name ]; then
    mkdir -p /run/tunables/\${name%/*}
    cat /proc/sys/$name > /run/tunables/$name
    mount --bind /run/tunables/$name /proc/sys/$name
  fi
done`

export async function startNode({ env, signal }: Owner): Promise<Node> {
  // In the background of a shell that ends: what is started here outlives this command.
  const isolate = 'setsid unshare --mount --net --ipc --pid --fork --kill-child --mount-proc --propagation=slave'
  const launch = `${isolate} sh -c '${init}' </dev/null >${places.logs}/node.log 2>&1 & echo $!`
  const { stdout, stderr } = await run('sh', ['-c', launch], { env, signal })
  const outer = Number.parseInt(stdout, 10)
  if (!(outer > 1)) throw new Error(`the node cannot be started: ${stderr.trim() || 'the shell names no process'}`)
  try {
    const pid = await until('the namespaces of the node', () => childOf(outer), Boolean, { signal, deadlineMs: 20_000 })
    await writeFile(places.node, await identityOf(pid))
    const node = nodeOf(pid)
    await inNode(node, ['sh', '-c', furnish], { env, signal })
    return node
  } catch (error) {
    // With it ends the node, which nobody would find otherwise.
    if (existsSync(`/proc/${outer}`)) process.kill(outer, 'SIGKILL')
    throw error
  }
}

/** The node that an earlier command started, unless it has ended. */
export async function findNode(): Promise<Node | undefined> {
  const written = await readFile(places.node, 'utf8').catch(() => undefined) // there is none
  if (written === undefined) return undefined
  const pid = Number(written.split(' ')[0])
  const now = await identityOf(pid).catch(() => undefined) // it has ended
  return now === written ? nodeOf(pid) : undefined
}

/** Resolves once every process in it is gone: the kernel ends them with the first, and it waits for them. */
export async function endNode(node: Node, signal: AbortSignal): Promise<void> {
  process.kill(node.pid, 'SIGKILL')
  await until('the end of the node', findNode, found => found === undefined, { signal, deadlineMs: 60_000 })
  await rm(places.node)
}

/** Runs a command inside to its end; any exit code but 0 is an error that tells what was said. */
export async function inNode(node: Node, command: readonly string[], options: Owner): Promise<string> {
  const [program = '', ...args] = [...node.prefix, ...command]
  const { code, stdout, stderr } = await run(program, args, { ...options, cwd: '/' })
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${(stderr || stdout).trim().slice(-2000)}`)
  return stdout
}

const nodeOf = (pid: number): Node => ({
  pid,
  prefix: ['nsenter', `--target=${pid}`, '--mount', '--net', '--ipc', '--pid', '--'],
})

/** The shell, once it has taken the place of the copy of unshare(1) that made /proc; throws before that. */
async function childOf(outer: number): Promise<number> {
  const pid = Number((await readFile(`/proc/${outer}/task/${outer}/children`, 'utf8')).trim())
  const name = await readFile(`/proc/${pid}/comm`, 'utf8')
  if (name !== 'sh\n') throw new Error(`process ${pid} is still ${name.trim()}`)
  return pid
}

/** The kernel uses numbers of processes again, but not with the same time of start (proc(5), field 22 of stat). */
async function identityOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z') throw new Error(`process ${pid} has ended`)
  return `${pid} ${fields[19]}`
}
