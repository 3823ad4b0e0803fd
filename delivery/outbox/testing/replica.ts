import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

type Taken = { id: string; attempt: number; token: string }
export type Replica = {
  /** Lets it claim until nothing is due; resolves to what it got, and still has. */
  claim(): Promise<Taken[]>
  /** kill -9. */
  kill(): Promise<void>
}

/** A process of its own with a store of its own on the same ledger; resolves when it is connected. */
export async function startReplica(t: TestContext, env: Record<string, string>): Promise<Replica> {
  const program = fileURLToPath(new URL('./claim-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' })
  const exited = new Promise(resolve => child.once('close', resolve))
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  t.after(kill)
  const lines = readLines(child)
  await lines.until('ready')
  return {
    async claim() {
      child.stdin.write('go\n')
      return (await lines.until('done')).map(line => JSON.parse(line) as Taken) // our own program printed it
    },
    kill,
  }
}

function readLines(child: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream }) {
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => {
    errors.push(keep(chunk.toString()))
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    /** The lines before this one. */
    async until(last: string): Promise<string[]> {
      const before: string[] = []
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        if (keep(next.value) === last) return before
        before.push(next.value)
      }
      throw new Error(`the replica ended before it said ${last}: ${errors.join('')}`)
    },
  }
}

/** What processes print goes where the runner looks for secrets after the suite. */
function keep(text: string): string {
  const folder = process.env.TEST_OUTPUT_DIR
  if (folder) appendFileSync(join(folder, `outbox-${process.pid}.log`), `${text}\n`)
  return text
}
