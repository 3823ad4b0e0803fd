import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyTree } from '../testing/copy-tree.ts'
import { listFiles } from '../tree/list-files.ts'

// Does what docs/drills.md says under "Deleting the faults", word by word.
test('without the faults the service knows nothing of them, and everything stays green', async t => {
  const copy = await copyTree(t)
  // Ours says to a nested `node --test` that it is a test file of ours.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const shell = (command: string) => {
    try {
      const options = { cwd: copy, env, encoding: 'utf8', stdio: 'pipe' } as const
      return execFileSync('bash', ['-euo', 'pipefail', '-c', command], options)
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string } // what execFileSync throws
      assert.fail(`${command} failed:\n${stdout}\n${stderr}`)
    }
  }

  const text = await readFile(join(copy, 'docs/drills.md'), 'utf8')
  const [, block = ''] = /^## Deleting the faults\n[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(text) ?? []
  const lines = block.trim().split('\n')
  assert.equal(lines.at(-1), 'npm test')
  for (const line of lines.slice(0, -1)) shell(line)

  const left: string[] = []
  for (const file of await listFiles(copy)) {
    if (!/^(service|flags)\/|^\.env\.example$|^docker-compose\.yml$/.test(file)) continue
    if (/\bfaults?[/_]/i.test(await readFile(join(copy, file), 'utf8'))) left.push(file)
  }
  assert.deepEqual(left, [])
  shell('npx tsc --project . && npx knip')
  shell('npm test -- --core service/flags service/app.test.ts service/config.test.ts service/env-example.test.ts')
  shell('npm test -- --core service/config-effects.test.ts service/orders toolkit/layers.test.ts')
})
