import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from '../lib/test-database.ts'
import { templateName } from './init/rename.ts'
import { copyTree } from './testing/copy-tree.ts'
import { listFiles } from './tree/list-files.ts'

const root = join(import.meta.dirname, '..')
const awkward = 'x2-7up--a-name-of-forty-characters-4you9'
/** Absent in forks that have followed it. */
const takingOut = 'docs/delivery.md'

// The first days of a fork, in one copy, because each run of the tests in it is a minute of everybody's time.
test('a fork', async t => {
  const copy = await copyTree(t)
  const DATABASE_URL = await testDatabase(t) // has run the sample's migrations
  // Ours says to a nested `node --test` that it is a test file of ours.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  // The packages of the copy are ours, by a link: nothing is installed there.
  const run = (command: string, ...args: string[]) => {
    try {
      return execFileSync(command, args, { cwd: copy, env: { ...env, DATABASE_URL }, encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string } // what execFileSync throws
      assert.fail(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
    }
  }

  await t.test('after init to an awkward name nothing is left of the old one, and the sample passes', async () => {
    assert.equal(awkward.length, 40)
    run('./fairlead', 'init', '--name', awkward, '--repository', `Big-Shop/${awkward}`)
    assert.deepEqual(await findResidue(copy), [])
    run('npm', 'test', '--', 'service/orders')
  })

  await t.test('init changes nothing in delivery/, so its tests say here what they would say there', async () => {
    for (const file of (await listFiles(copy)).filter(each => each.startsWith('delivery/')))
      assert.equal(await readFile(join(copy, file), 'utf8'), await readFile(join(root, file), 'utf8'), file)
  })

  await t.test('the sample goes with one folder, one line and a migration, as the README says', async () => {
    await rm(join(copy, 'service/orders'), { recursive: true })
    const lines = (await readFile(join(copy, 'service/app.ts'), 'utf8')).split('\n')
    const others = lines.filter(line => !line.includes('./orders/'))
    assert.equal(lines.length - others.length, 1)
    await writeFile(join(copy, 'service/app.ts'), others.join('\n'))

    run('./fairlead', 'migrate', 'create', 'drop_sample')
    await write(copy, 'drop_sample', 'drop table orders;\ndrop table users;\n', '-- the sample does not come back\n')
    run('./fairlead', 'migrate', 'create', 'create_invoices')
    await write(copy, 'create_invoices', 'create table invoices (id bigint primary key);\n', 'drop table invoices;\n')
    run('./fairlead', 'migrate', 'lock')
    run('./fairlead', 'migrate', 'up')
    assert.match(run('./fairlead', 'migrate', 'status'), /create_invoices +applied/)
  })

  await t.test('the delivery plane goes as its guide says, word by word', async t => {
    if (!existsSync(join(copy, takingOut))) return t.skip('there is none')
    run('npm', 'run', 'fix')
    run('npx', 'tsc', '--project', '.')
    const steps = readSteps(await readFile(join(copy, takingOut), 'utf8'), '## Taking it out')
    assert.deepEqual(steps.slice(-2), ['npm run fix', 'npm test'])
    for (const step of steps.slice(0, -2).filter(each => each !== 'npm install')) run('bash', '-euc', step)
    assert.ok(!existsSync(join(copy, 'delivery')))
    assert.doesNotMatch(run('./fairlead', '--help'), /messages|delivery/)
  })

  await t.test('everything else passes', () => {
    run('npm', 'run', 'fix')
    run('npm', 'test', '--', '--core')
  })
})

/** The lines of the first shell block under the heading, without what follows a #. */
function readSteps(text: string, heading: string): string[] {
  const [, block = ''] = /^```sh\n([\s\S]*?)^```$/m.exec(text.split(`${heading}\n`)[1] ?? '') ?? []
  return block.split('\n').flatMap(line => line.replace(/ +# .*$/, '').trim() || [])
}

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

async function write(copy: string, what: string, up: string, down: string): Promise<void> {
  const folder = join(copy, 'migrations')
  const [name] = (await readdir(folder)).filter(file => file.endsWith(`_${what}.up.sql`))
  assert.ok(name)
  await writeFile(join(folder, name), up)
  await writeFile(join(folder, name.replace('.up.sql', '.down.sql')), down)
}
