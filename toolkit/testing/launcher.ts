import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Launcher = AsyncDisposable & {
  child: ChildProcess
  /** Everything it has printed so far, to both outputs. */
  output(): string
  /** Resolves when the output matches; rejects when the process ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  ended: Promise<number | NodeJS.Signals>
}

/** Runs ./fairlead of a checkout. Ended, if it still runs, at the end of the test. */
export function launch(checkout: string, args: string[], env: NodeJS.ProcessEnv = {}): Launcher {
  return launchCommand(join(checkout, 'fairlead'), args, { env: { PATH: process.env.PATH, ...env }, cwd: '/' })
}

export function launchCommand(
  command: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; uid?: number; gid?: number },
): Launcher {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text
      record(text)
      for (const listener of listeners) listener()
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output)
        if (match) resolve(match)
      }
      listeners.add(look)
      look()
      ended.then(code => reject(new Error(`ended with ${code} and never said ${pattern}:\n${output}`)), reject)
    })
  const dispose = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
  }
  return { child, output: () => output, says, ended, [Symbol.asyncDispose]: dispose }
}

/** What `start` prints when the service answers, and as its last line after that. */
export const open = /^service: +(http:\/\/localhost:\d+)\//m
export const ready = /^stop: /m

/** The environment that the service of createCheckout was given: it answers nothing else. */
export async function environmentOf(launched: Launcher): Promise<NodeJS.Dict<string>> {
  const [, address = ''] = await launched.says(open)
  return (await (await fetch(address)).json()) as NodeJS.Dict<string> // see above
}

export async function stop(launched: Launcher, signal: NodeJS.Signals = 'SIGINT'): Promise<number | NodeJS.Signals> {
  launched.child.kill(signal)
  return launched.ended
}

/** Resolves when no process has `text` in its command line: what was started below a folder is gone. */
export async function nobodyLeft(text: string): Promise<void> {
  while (commands().some(command => command.includes(text))) await new Promise(resolve => setTimeout(resolve, 20))
}

function commands(): string[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry) && entry !== String(process.pid))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return '' // it has ended meanwhile
      }
    })
}

// The runner looks for secrets in everything that processes of tests print.
function record(text: string): void {
  if (process.env.TEST_OUTPUT_DIR)
    appendFileSync(join(process.env.TEST_OUTPUT_DIR, `fairlead-${process.pid}.log`), text)
}
