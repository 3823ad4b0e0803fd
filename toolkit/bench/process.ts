import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Running, start } from '../exec.ts'
import { freePort } from '../local/port.ts'

/** A program that answers GET on PORT, as a process of its own under this Node. */
export type Program = {
  name: string
  args: string[]
  /** What it answers with 200; / when absent. */
  path?: string
  env?: Record<string, string>
  /** SIGTERM for one that has something to do at its end. Others would only take their time, and are killed. */
  end?: 'SIGTERM'
}

export type Server = {
  pid: number
  url: string
  /** From the moment before it was started to its first answer. */
  startMs: number
  stop(): Promise<void>
}

const DEADLINE_MS = 30_000

// As in a container the log goes through a pipe to somebody who reads it, here at the least cost. The shell becomes the
// program, so the process id is the program's.
const piped = 'mkfifo "$0" && { cat "$0" >/dev/null & exec "$@" >"$0"; }'
let pipes = 0

/**
 * Starts a program with no environment but PORT, HOST and its own, and resolves at its first 200. With a folder for the
 * pipe, its standard output goes to somebody who reads it; without, it is started as directly as can be.
 */
export async function startServer(program: Program, signal: AbortSignal, folder?: string): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}${program.path ?? '/'}`
  const env = { PORT: String(port), HOST: '127.0.0.1', ...program.env }
  const options = { env, signal, endWithUs: 'SIGTERM' } as const
  const command = [process.execPath, ...program.args]
  const since = performance.now()
  const running =
    folder === undefined
      ? await start(process.execPath, program.args, options)
      : await start('/bin/sh', ['-c', piped, join(folder, `pipe-${++pipes}`), ...command], options)
  const end = async () => {
    running.killGroup('SIGKILL')
    return running.exited
  }
  try {
    await firstAnswer(url, running, signal)
  } catch (cause) {
    const { stderr } = await end()
    signal.throwIfAborted()
    throw new Error(`${program.name}: ${messageOf(cause)}\n${stderr}`.trimEnd(), { cause })
  }
  const startMs = performance.now() - since
  const stop = async () => {
    if (program.end === undefined) return void (await end())
    running.kill(program.end) // and not its group: the reader of its output has to outlive it
    await running.exited
  }
  return { pid: running.pid, url, startMs, stop }
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function firstAnswer(url: string, running: Running, signal: AbortSignal): Promise<void> {
  let code: number | undefined
  void running.exited.then(exit => {
    code = exit.code
  })
  const deadline = performance.now() + DEADLINE_MS
  while ((await statusOf(url)) === undefined) {
    signal.throwIfAborted()
    if (code !== undefined) throw new Error(`ended with code ${code} before it answered`)
    if (performance.now() > deadline) throw new Error(`has not answered within ${DEADLINE_MS / 1000} s`)
    await delay(1)
  }
}

/** Undefined while nobody listens. Throws for any answer but 200. */
export function statusOf(url: string): Promise<200 | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<200 | undefined>()
  const request = get(url, { agent: false }, (response: IncomingMessage) => {
    response.resume().on('error', reject)
    if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}, expected 200`))
    response.on('end', () => resolve(200))
  })
  request.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') resolve(undefined)
    else reject(error)
  })
  return promise
}
