import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { templateName } from './rename.ts'
import { copyTree } from './testing/copy-tree.ts'
import { listFiles } from './tree.ts'

const awkward = 'x2-7up--a-name-of-forty-characters-4you9'

test('after init to an awkward name nothing is left of the old one, and the tests pass', async t => {
  const copy = await copyTree(t)
  // Ours says to a nested `node --test` that it is a test file of ours.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const run = (command: string, ...args: string[]) => {
    try {
      return execFileSync(command, args, { cwd: copy, env, encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string } // what execFileSync throws
      assert.fail(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
    }
  }
  assert.equal(awkward.length, 40)
  run('./fairlead', 'init', '--name', awkward, '--repository', `Big-Shop/${awkward}`)
  assert.deepEqual(await findResidue(copy), [])
  run('npm', 'test', '--', '--core')
})

/** Files with the old name in any spelling but that of the greeting, whose words stand apart and in lower case. */
async function findResidue(root: string): Promise<string[]> {
  const glued = new RegExp(templateName.replace('-', '[-_]?'), 'i')
  const title = templateName.replace(/(^|-)./g, start => start.replace('-', ' ').toUpperCase())
  const hasResidue = (text: string) => glued.test(text) || text.includes(title)
  const found: string[] = []
  for (const file of await listFiles(root)) {
    if (hasResidue(file) || hasResidue(await readFile(join(root, file), 'utf8'))) found.push(file)
  }
  return found
}
