import { chmod, mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { temporaryPostgres } from '../local/temporary-postgres.ts'
import type { Context } from '../step.ts'
import { type Part, resultLine } from './checks.ts'
import { findSecrets } from './secret-scan.ts'

/** Runs the test files on one Postgres, then looks through everything they put out for secrets. */
export async function runTests(files: readonly string[], context: Context): Promise<Part> {
  const { env, signal, print } = context
  await using folder = await temporaryFolder('test-')
  const folders = { TEST_OUTPUT_DIR: join(folder.path, 'output'), TMPDIR: join(folder.path, 'tmp') }
  await mkdir(folders.TEST_OUTPUT_DIR)
  await mkdir(folders.TMPDIR) // so that a test that is killed leaves nothing behind
  await chmod(folders.TMPDIR, 0o1777)
  await using started = new AsyncDisposableStack()
  const url = env.TEST_DATABASE_URL ?? started.adopt(await temporaryPostgres({ signal }), each => each.stop()).url

  const since = performance.now()
  const { code, output } = await nodeTest(files, { ...env, ...folders, TEST_DATABASE_URL: url }, context)
  signal.throwIfAborted()
  const leaks = findSecrets(output, folders.TEST_OUTPUT_DIR)
  const passed = code === 0 && leaks.length === 0
  if (code !== 0) print(output.trimEnd())
  for (const leak of leaks) print(`a secret of a test shows in the ${leak}`)
  print(resultLine('tests', passed, since, counts(output)))
  return { name: 'tests', passed }
}

async function nodeTest(files: readonly string[], env: NodeJS.ProcessEnv, { root, signal }: Context) {
  const options = [
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    '--test-timeout=600000',
  ]
  // Set when a test runs this step in a copy of the tree: the inner run must report as a run of its own.
  const { NODE_TEST_CONTEXT: _, ...rest }: NodeJS.ProcessEnv = { ...env, NO_COLOR: '1' }
  const { code, stdout, stderr } = await run(process.execPath, [...options, ...files], { cwd: root, env: rest, signal })
  return { code, output: stdout + stderr }
}

// The reporter ends with lines such as `ℹ pass 12`.
function counts(output: string): string {
  const count = (word: string) => Number(output.match(new RegExp(`^ℹ ${word} (\\d+)$`, 'm'))?.[1] ?? 0)
  const others = ['fail', 'cancelled', 'skipped', 'todo']
    .filter(word => count(word) > 0)
    .map(word => `${count(word)} ${word}`)
  return [`${count('pass')} passed`, ...others].join(', ')
}
