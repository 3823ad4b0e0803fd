import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

export type Line = Record<string, unknown> & { msg?: string }
export type ServiceProcess = {
  url: string
  child: ChildProcess
  /** Every line of standard output that was JSON, in order. */
  lines: Line[]
  /** Everything that was written to standard error. */
  stderr: () => string
  /** Resolves to the first line that fits, past ones included; rejects when the process ends before one does. */
  line: (fits: (line: Line) => boolean) => Promise<Line>
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Runs service/main.ts as a process of its own on a free port; killed when the test ends. Starts with an empty environment. */
export async function startProcess(
  t: TestContext,
  env: Record<string, string>,
  program = [main],
): Promise<ServiceProcess> {
  const process = runProcess(t, env, program)
  const { port } = await process.line(line => line.msg === 'listening')
  return Object.assign(process, { url: `http://127.0.0.1:${port}` })
}

/** Like startProcess, for a start that is expected to fail: does not wait until it listens. */
export function runProcess(t: TestContext, env: Record<string, string>, program = [main]): ServiceProcess {
  const child = spawn(process.execPath, program, {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(resolve => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await exited
  })

  const lines: Line[] = []
  const waiting = new Set<() => void>()
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
    keep(chunk.toString())
  })
  createInterface({ input: child.stdout }).on('line', text => {
    keep(`${text}\n`)
    if (text.startsWith('{')) lines.push(JSON.parse(text) as Line)
    for (const look of waiting) look()
  })

  const line = (fits: (line: Line) => boolean) =>
    new Promise<Line>((resolve, reject) => {
      const look = () => {
        const found = lines.find(fits)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      void exited.then(end =>
        reject(new Error(`the process ended (${JSON.stringify(end)}) before that line: ${stderr}`)),
      )
    })
  return { url: '', child, lines, stderr: () => stderr, line, exited }
}

/** What processes print goes where the runner looks for secrets after the suite. */
export function keep(text: string): void {
  const folder = process.env.TEST_OUTPUT_DIR
  if (folder) appendFileSync(join(folder, `service-${process.pid}.log`), text)
}
