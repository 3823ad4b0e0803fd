import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { buildBundle } from './bundle/bundler.ts'
import { bundle } from './bundle.ts'

const checkout = join(import.meta.dirname, '..')

/** A project with the packages of this one and a single program. */
async function createProject(t: TestContext, main: string) {
  const root = await mkdtemp(join(tmpdir(), 'bundle-'))
  t.after(() => rm(root, { recursive: true }))
  await symlink(join(checkout, 'node_modules'), join(root, 'node_modules'))
  for (const file of ['package.json', 'package-lock.json']) await cp(join(checkout, file), join(root, file))
  await mkdir(join(root, 'service'))
  await writeFile(join(root, 'service/main.ts'), main)
  return root
}

const target = { name: 'service', entries: { main: 'service/main.ts' } }

const program = `import { Hono } from 'hono'
import { string } from 'valibot'
const unused = () => string()
new Hono()
const { default: pg } = await import('pg')
console.log(typeof pg.Client)`

type Component = { name: string; version: string; purl: string; 'bom-ref': string; hashes: unknown; licenses: unknown }
type Bom = { serialNumber: string; components: Component[]; dependencies: { ref: string; dependsOn: string[] }[] }
const bomOf = (files: Map<string, string>): Bom => JSON.parse(files.get('bom.cdx.json') ?? '')

test('a bundle runs under plain Node with no node_modules in reach', async t => {
  const { files } = await buildBundle(await createProject(t, program), target)
  const out = await mkdtemp(join(tmpdir(), 'bundle-out-'))
  t.after(() => rm(out, { recursive: true }))
  for (const [file, text] of files) await writeFile(join(out, file), text)
  await writeFile(join(out, 'package.json'), '{ "type": "module" }')
  const { stdout, stderr } = spawnSync(process.execPath, ['main.js'], { cwd: out, encoding: 'utf8', env: {} })
  assert.deepEqual({ stdout, stderr }, { stdout: 'function\n', stderr: '' })
})

test('the same sources in another folder give the same bytes', async t => {
  const one = await buildBundle(await createProject(t, program), target)
  const other = await buildBundle(await createProject(t, program), target)
  assert.deepEqual([...one.files.keys()], [...other.files.keys()])
  for (const [file, text] of one.files) assert.ok(other.files.get(file) === text, `${file} differs`)
})

test('the list names the packages that are in the bundle, late ones included, and no other', async t => {
  const { files, packageCount } = await buildBundle(await createProject(t, program), target)
  const { components, dependencies } = bomOf(files)
  const names = components.map(each => each.name)
  assert.ok(names.includes('hono') && names.includes('pg') && names.includes('pg-pool'), `got ${names}`)
  assert.ok(!names.includes('postgres') && !names.includes('pino'), `got ${names}`)
  assert.ok(!names.includes('valibot'), 'nothing of it is used')
  assert.equal(packageCount, names.length)
  const ref = (name: string) => components.find(each => each.name === name)?.['bom-ref']
  const [own] = dependencies
  assert.deepEqual(own?.dependsOn, [ref('hono'), ref('pg')])
  const pg = dependencies.find(each => each.ref === ref('pg'))
  assert.ok(pg?.dependsOn.includes(String(ref('pg-pool'))))
})

test('a package of the list has its purl, licence and hash', async t => {
  const { files } = await buildBundle(await createProject(t, `import { Hono } from 'hono'\nnew Hono()`), target)
  const [hono, ...others] = bomOf(files).components
  assert.deepEqual(others, [])
  assert.match(hono?.purl ?? '', /^pkg:npm\/hono@\d+\.\d+\.\d+$/)
  assert.deepEqual(hono?.licenses, [{ license: { id: 'MIT' } }])
  assert.match(JSON.stringify(hono?.hashes), /^\[\{"alg":"SHA-512","content":"[0-9a-f]{128}"\}\]$/)
})

test('a package that is not installed fails the bundle', async t => {
  const root = await createProject(t, `await import('no-such-package')`)
  await assert.rejects(buildBundle(root, target), {
    message: 'main.js imports no-such-package, which is not in the bundle; is it installed?',
  })
})

test('a folder that is not a bundle is not replaced', async t => {
  const root = await createProject(t, program)
  const context = { root, env: {}, signal: t.signal, hurry: t.signal, print: () => {} }
  await assert.rejects(bundle.run(['--out', '.'], context), {
    message: `${join(root, 'service')} is not part of a bundle; give --out another folder, or remove it`,
  })
})
