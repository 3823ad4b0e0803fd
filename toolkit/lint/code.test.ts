import assert from 'node:assert/strict'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { parseKnip, parseTypes, runBiome, runKnip, runTypes } from './code.ts'

const checkout = join(import.meta.dirname, '../..')

/** A tree with our settings, our packages and these files. */
async function open(t: TestContext, files: Record<string, string>) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  await symlink(join(checkout, 'node_modules'), join(folder.path, 'node_modules'))
  for (const file of ['tsconfig.json', 'biome.json']) await cp(join(checkout, file), join(folder.path, file))
  await writeFile(join(folder.path, '.gitignore'), 'node_modules\n')
  const all = { 'package.json': '{\n  "type": "module"\n}\n', ...files }
  for (const [file, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true })
    await writeFile(join(folder.path, file), text)
  }
  return { root: folder.path, env: process.env, signal: t.signal, hurry: t.signal, print: () => {} }
}

test('biome: a fault stands at its line, a file that is not formatted at none', async t => {
  const context = await open(t, {
    'lib/a.ts': 'export const a = 1\n\nif (a === 1) debugger\n',
    'lib/b.ts': 'export const b   = 2\n',
    'lib/c.ts': "export const c = 'fine'\n",
  })
  const findings = await runBiome(context)
  assert.deepEqual(
    findings.map(({ file, line, rule }) => [file, line, rule]),
    [
      ['lib/a.ts', 3, 'lint/suspicious/noDebugger'],
      ['lib/b.ts', undefined, 'format'],
    ],
  )
  assert.equal(findings[1]?.message, 'it is not as the formatter writes it; run npm run fix')
})

test('types: each error at its line', async t => {
  const context = await open(t, {
    'lib/a.ts': "export const a: number = 'text'\n",
    'lib/b.ts':
      "import { missing } from './a.ts'\n\nexport const b: { c: { d: number } } = { c: { d: missing.length, e: 1 } }\n",
  })
  assert.deepEqual(
    (await runTypes(context)).map(({ file, line, rule }) => [file, line, rule]),
    [
      ['lib/a.ts', 1, 'TS2322'],
      ['lib/b.ts', 1, 'TS2305'],
      ['lib/b.ts', 3, 'TS2353'],
    ],
  )
})

test('types: nothing wrong, nothing found', async t => {
  assert.deepEqual(await runTypes(await open(t, { 'lib/a.ts': 'export const a: number = 1\n' })), [])
})

test('types: settings that tsc refuses are not taken for a clean tree', async t => {
  const context = await open(t, {
    'lib/a.ts': 'export {}\n',
    'tsconfig.json': '{ "compilerOptions": { "strict": "yes" } }',
  })
  assert.deepEqual(
    (await runTypes(context)).map(({ file, rule }) => [file, rule]),
    [['tsconfig.json', 'TS5024']],
  )
})

test('types: what follows indented belongs to the error above', () => {
  const output = 'a/b.ts(4,2): error TS1: no\n  because\n    of this\na/c.ts(5,1): error TS2: neither\n'
  assert.deepEqual(parseTypes(output, '/root'), [
    { file: 'a/b.ts', line: 4, rule: 'TS1', message: 'no\n  because\n    of this' },
    { file: 'a/c.ts', line: 5, rule: 'TS2', message: 'neither' },
  ])
})

test('unused: exports, files and packages', async t => {
  const context = await open(t, {
    'package.json': '{ "name": "a", "type": "module", "dependencies": { "hono": "4" } }',
    'knip.json': '{ "entry": ["lib/main.ts"], "project": ["lib/*.ts"] }',
    'lib/main.ts': "import { used } from './a.ts'\n\nused()\n",
    'lib/a.ts': 'export const used = () => {}\n\nexport const unused = 1\n',
    'lib/alone.ts': 'export {}\n',
  })
  assert.deepEqual(
    (await runKnip(context)).map(({ file, line, rule, message }) => `${file}:${line} ${rule} ${message}`).sort(),
    [
      'lib/a.ts:3 knip/exports unused: no other file uses this export',
      'lib/alone.ts:undefined knip/files nothing uses this file',
      'package.json:undefined knip/dependencies hono: nothing uses this package',
    ],
  )
})

test('unused: a kind that this file has no words for is told by its name', () => {
  const json = '{"issues":[{"file":"a.ts","enumMembers":[{"name":"B","line":2}],"exports":[]}]}'
  assert.deepEqual(parseKnip(json), [{ file: 'a.ts', line: 2, rule: 'knip/enumMembers', message: 'B: enumMembers' }])
})
