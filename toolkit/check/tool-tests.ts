import { globSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { findSecrets } from '../suite/secret-scan.ts'

/**
 * Runs the tests that need a tool that npm does not bring: `npm test` leaves them out. Resolves to how many passed;
 * throws with their output, or when a secret of theirs shows in it.
 */
export async function runToolTests(
  pattern: string,
  env: NodeJS.ProcessEnv,
  { root, signal }: Context,
): Promise<number> {
  const files = globSync(pattern, { cwd: root, exclude: ['**/node_modules'] }).sort()
  if (files.length === 0) throw new Error(`there are no tests ${pattern}`)
  await using folder = await temporaryFolder('tool-tests-')
  const written = join(folder.path, 'output')
  await mkdir(written)
  const { NODE_TEST_CONTEXT: _, ...rest }: NodeJS.ProcessEnv = { ...env, TEST_OUTPUT_DIR: written, NO_COLOR: '1' }
  const args = ['--test', '--test-reporter=spec', '--test-timeout=300000', ...files]
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: root, env: rest, signal })
  signal.throwIfAborted()
  const output = `${stdout}${stderr}`
  const leaks = findSecrets(output, written)
  if (leaks.length > 0) throw new Error(leaks.map(leak => `a secret of a test shows in the ${leak}`).join('\n'))
  if (code !== 0) throw new Error(`tests ${pattern} failed:\n${output.trimEnd()}`)
  return Number(/^ℹ pass (\d+)$/m.exec(stdout)?.[1] ?? 0)
}
