import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

export type Line = Record<string, unknown> & { msg?: string }
export type TestProcess = {
  child: ChildProcess
  /** Every line of standard output that was JSON, in order. */
  lines: Line[]
  /** Everything that was written to standard output, and to standard error. */
  stdout: () => string
  stderr: () => string
  /** Resolves to the first line that fits, past ones included; rejects when the process ends before one does. */
  line: (fits: (line: Line) => boolean) => Promise<Line>
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Runs a program of ours as a process of its own, with this environment and PATH only; killed when the test ends. */
export function runProgram(t: TestContext, program: readonly string[], env: Record<string, string>): TestProcess {
  const child = spawn(process.execPath, program, {
    env: { PATH: process.env.PATH, ...env },
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
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
    keepOutput(chunk.toString())
  })
  createInterface({ input: child.stdout }).on('line', text => {
    stdout += `${text}\n`
    keepOutput(`${text}\n`)
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
  return { child, lines, stdout: () => stdout, stderr: () => stderr, line, exited }
}

/** What processes print goes where the runner looks for secrets after the suite. */
export function keepOutput(text: string): void {
  const folder = process.env.TEST_OUTPUT_DIR
  if (folder) appendFileSync(join(folder, `output-${process.pid}.log`), text)
}
