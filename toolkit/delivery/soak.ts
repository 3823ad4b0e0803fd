import { join } from 'node:path'
import { start } from '../exec.ts'
import { temporaryPostgres } from '../local/temporary-postgres.ts'
import type { SoakPart } from '../soak/part.ts'

export const deliveryLoops = {
  crash: testLoop('delivery/crash.copy.test.ts', 'kills', 200, 'a killed process loses nothing'),
  heap: testLoop('delivery/heap.copy.test.ts', 'events', 100_000, 'memory stays flat'),
}

/** A test file that goes on for longer when SOAK_<COUNTS> says so; `npm test` runs it with a small count. */
function testLoop(file: string, name: string, usually: number, summary: string): SoakPart {
  return {
    summary,
    counts: { name, usually },
    async run(count, { root, env, signal, print }) {
      await using started = new AsyncDisposableStack()
      const url = env.TEST_DATABASE_URL ?? started.adopt(await temporaryPostgres({ signal }), each => each.stop()).url
      const variables = { [`SOAK_${name.toUpperCase()}`]: String(count), TEST_DATABASE_URL: url }
      // Set when a test runs this step: the loop must report as a run of its own.
      const { NODE_TEST_CONTEXT: _, ...own }: NodeJS.ProcessEnv = { ...env, ...variables, NO_COLOR: '1' }
      // Each line as it comes: a loop may take an hour.
      const options = { cwd: root, env: own, signal, output: print }
      const { exited } = await start(process.execPath, ['--test-reporter=spec', join(root, file)], options)
      return (await exited).code === 0
    },
  }
}
