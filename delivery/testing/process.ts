import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram, type TestProcess } from '../../lib/test-process.ts'

export type DeliveryProcess = TestProcess & { url: string }

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** delivery/main.ts as a process of its own, on a free port and an outbox that ends with the test. */
export async function startProcess(
  t: TestContext,
  env: Record<string, string>,
  program = [main],
): Promise<DeliveryProcess> {
  const process = runProcess(t, env, program)
  const { port } = await process.line(line => line.msg === 'listening')
  return { ...process, url: `http://127.0.0.1:${port}` }
}

/** Like startProcess, for a start that is expected to fail: does not wait until it listens. */
export function runProcess(t: TestContext, env: Record<string, string>, program = [main]): TestProcess {
  const local = {
    ...{ HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '0' },
    ...(env.OUTBOX_URL === undefined && { OUTBOX_PATH: join(temporaryFolder(t), 'outbox.db') }),
  }
  return runProgram(t, program, { ...local, ...env })
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
