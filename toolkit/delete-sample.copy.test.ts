import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testDatabase } from '../lib/test-database.ts'
import { copyTree } from './testing/copy-tree.ts'

// What the README says under "Delete the sample feature", on a database that has already run the sample's migrations.
test('the sample is one folder, one line and a drop migration', async t => {
  const copy = await copyTree(t)
  const DATABASE_URL = await testDatabase(t) // migrated
  // Ours says to a nested `node --test` that it is a test file of ours.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const run = (command: string, ...args: string[]) => {
    try {
      return execFileSync(command, args, { cwd: copy, env: { ...env, DATABASE_URL }, encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string } // what execFileSync throws
      assert.fail(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
    }
  }

  await rm(join(copy, 'service/orders'), { recursive: true })
  const app = await readFile(join(copy, 'service/app.ts'), 'utf8')
  const lines = app.split('\n').filter(line => !line.includes('./orders/'))
  assert.equal(app.split('\n').length - lines.length, 1)
  await writeFile(join(copy, 'service/app.ts'), lines.join('\n'))

  run('./fairlead', 'migrate', 'create', 'drop_sample')
  await write(copy, 'drop_sample', 'drop table orders;\ndrop table users;\n', '-- the sample does not come back\n')
  run('./fairlead', 'migrate', 'create', 'create_invoices')
  await write(copy, 'create_invoices', 'create table invoices (id bigint primary key);\n', 'drop table invoices;\n')
  run('./fairlead', 'migrate', 'lock')
  run('./fairlead', 'migrate', 'up')
  assert.match(run('./fairlead', 'migrate', 'status'), /create_invoices/)
  run('npm', 'run', 'fix')
  run('npm', 'test', '--', '--core')
})

async function write(copy: string, what: string, up: string, down: string): Promise<void> {
  const folder = join(copy, 'migrations')
  const [name] = (await readdir(folder)).filter(file => file.endsWith(`_${what}.up.sql`))
  assert.ok(name)
  await writeFile(join(folder, name), up)
  await writeFile(join(folder, name.replace('.up.sql', '.down.sql')), down)
}
