import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyTree } from '../testing/copy-tree.ts'

const guide = 'docs/delivery.md'
/** The packages of the copy are ours, by a link: nothing may be installed there. */
const leftOut = ['npm install', 'npm test']

// Does what the guide says under "Taking it out", word by word.
test('without the delivery plane everything else stays green', async t => {
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

  const lines = readSteps(await readFile(join(copy, guide), 'utf8'))
  assert.deepEqual(
    leftOut.filter(each => !lines.includes(each)),
    [],
  )
  for (const line of lines.filter(each => !leftOut.includes(each))) shell(line)
  assert.ok(!existsSync(join(copy, 'delivery')))
  assert.doesNotMatch(shell('./fairlead --help'), /messages|delivery/)
  // Types and unused code find what is missing and what is left over; the service does not know that there was anything.
  shell('npx biome check --error-on-warnings && npx tsc --project . && npx knip')
  shell('npm test -- --core lib toolkit service/env-example.test.ts')
})

/** The lines of the first shell block under the heading, without what follows a #. */
function readSteps(text: string): string[] {
  const [, block = ''] = /^## Taking it out\n[\s\S]*?^```sh\n([\s\S]*?)^```$/m.exec(text) ?? []
  return block.split('\n').flatMap(line => line.replace(/ +# .*$/, '').trim() || [])
}
