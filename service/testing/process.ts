import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram, type TestProcess } from '../../lib/test-process.ts'

export { keepOutput as keep, type Line } from '../../lib/test-process.ts'

export type ServiceProcess = TestProcess & { url: string }

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
  const local = { HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '0' }
  return { ...runProgram(t, program, { ...local, ...env }), url: '' }
}
