import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'

export type Options = {
  cwd?: string
  env?: NodeJS.ProcessEnv
  uid?: number
  gid?: number
  /** capture (default): kept as text. inherit: shown as it comes. A function: called with each line. */
  output?: 'capture' | 'inherit' | ((line: string) => void)
  /** An IPC channel, so that the child notices when we are gone ('disconnect'). */
  ipc?: boolean
  /** Sent to the child's process group should this process be killed: for children that would live on. */
  endWithUs?: 'SIGINT' | 'SIGTERM'
  /** When aborted, the child's process group gets SIGTERM, and SIGKILL five seconds later. */
  signal?: AbortSignal
}

/** `code` is 128 + n after signal n, as in a shell. */
export type Exit = { code: number; stdout: string; stderr: string }

export type Running = {
  pid: number
  exited: Promise<Exit>
  kill(signal: NodeJS.Signals): void
  /** The child and what it started, unless that made a group of its own. */
  killGroup(signal: NodeJS.Signals): void
}

/** Runs a program to its end; a code other than 0 is the caller's to judge. */
export async function run(command: string, args: readonly string[], options: Options = {}): Promise<Exit> {
  return (await start(command, args, options)).exited
}

/**
 * Starts a program in its own process group, so that Ctrl-C in the terminal reaches only us and we decide what it
 * means for the child; without standard input, which a program in the background of a terminal cannot read.
 */
export async function start(command: string, args: readonly string[], options: Options = {}): Promise<Running> {
  const { cwd, env, uid, gid, output = 'capture', ipc = false, endWithUs, signal } = options
  signal?.throwIfAborted()
  const stdio = output === 'inherit' ? ('inherit' as const) : ('pipe' as const)
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', stdio, stdio, ...(ipc ? ['ipc' as const] : [])],
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  })
  // At once, so that there is hardly a moment in which we could be killed and the child live on.
  const guard = endWithUs && child.pid && startGuard(child.pid, endWithUs, options)
  const stdout = collect(child.stdout, output)
  const stderr = collect(child.stderr, output)
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]> // documented arguments
  closed.catch(() => {}) // the same error is awaited, and explained, on the next line
  await once(child, 'spawn').catch(error => explain(command, error))
  const pid = child.pid as number // set once 'spawn' was emitted

  const killGroup = (name: NodeJS.Signals) => sendSignal(-pid, name)
  let last: NodeJS.Timeout | undefined
  const abort = () => {
    killGroup('SIGTERM')
    last = setTimeout(killGroup, 5000, 'SIGKILL')
  }
  signal?.addEventListener('abort', abort, { once: true })

  const exited = closed.then(([code, name]) => {
    signal?.removeEventListener('abort', abort)
    clearTimeout(last)
    if (guard) guard.kill('SIGKILL')
    return { code: code ?? 128 + (name ? constants.signals[name] : 0), stdout: stdout(), stderr: stderr() }
  })
  return { pid, exited, killGroup, kill: name => void child.kill(name) }
}

function collect(stream: ChildProcess['stdout'], output: NonNullable<Options['output']>): () => string {
  if (stream === null) return () => ''
  if (typeof output === 'function') {
    createInterface({ input: stream }).on('line', output)
    return () => ''
  }
  const chunks: Buffer[] = []
  stream.on('data', chunk => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

// The shell waits for the end of its standard input, which comes when this process is gone, however it went.
function startGuard(pid: number, signal: NodeJS.Signals, { uid, gid }: Options): ChildProcess {
  const script = 'read -r nothing; kill -s "$1" -- "-$2"'
  const guard = spawn('/bin/sh', ['-c', script, 'sh', signal.slice(3), String(pid)], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  })
  guard.on('error', error => process.emitWarning(`cannot guard process ${pid}: ${error.message}`))
  return guard
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // Nobody is left to receive it, which is what the sender wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function explain(command: string, error: NodeJS.ErrnoException): never {
  const reason = error.code === 'ENOENT' ? 'there is no such program (or no such working folder)' : error.message
  throw new Error(`cannot run ${command}: ${reason}`, { cause: error })
}
