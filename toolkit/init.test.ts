import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { templateName } from './init/rename.ts'
import { init } from './init.ts'
import { listFiles } from './tree/list-files.ts'

const checkout = join(import.meta.dirname, '..')
const snake = templateName.replace('-', '_')

/** A small fork as a downloaded archive: without git. */
async function createFork(t: TestContext, more: Record<string, string | Buffer> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'init-'))
  t.after(() => rm(root, { recursive: true }))
  const files = {
    'service/name.ts': `export const name = '${templateName}'\n`,
    'package-lock.json': `{ "name": "${templateName}", "packages": { "": {}, "node_modules/hono": {} } }\n`,
    LICENSE: `${templateName}\n`,
    'biome.json':
      '{ "formatter": { "indentStyle": "space" }, "javascript": { "formatter": { "quoteStyle": "single", "semicolons": "asNeeded" } } }',
    '.local/data': templateName,
    ...more,
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  await symlink(join(checkout, 'node_modules'), join(root, 'node_modules'))
  const lines: string[] = []
  const run = (...args: string[]) =>
    init.run(args, { root, env: {}, signal: t.signal, hurry: t.signal, print: line => lines.push(line) })
  const read = (path: string) => readFile(join(root, path), 'utf8')
  const snapshot = async () =>
    Object.fromEntries(await Promise.all((await listFiles(root)).map(async path => [path, await read(path)])))
  return { root, run, read, snapshot, lines }
}

test('init renames files, folders and text, and leaves the licence and ignored files', async t => {
  const { root, run, read } = await createFork(t, {
    [`charts/${templateName}/${snake}.yaml`]: `name: ${snake}\n`,
    'a.bin': Buffer.from([0, 0xff, ...Buffer.from(templateName)]),
  })
  assert.equal(await run('--name', 'shop-api'), 0)
  assert.equal(await read('charts/shop-api/shop_api.yaml'), 'name: shop_api\n')
  assert.deepEqual(await readdir(join(root, 'charts')), ['shop-api'])
  assert.equal(await read('service/name.ts'), `export const name = 'shop-api'\n`)
  assert.match(await read('package-lock.json'), /"name": "shop-api"/)
  assert.equal(await read('LICENSE'), `${templateName}\n`)
  assert.equal(await read('.local/data'), templateName)
  assert.deepEqual(await readFile(join(root, 'a.bin')), Buffer.from([0, 0xff, ...Buffer.from(templateName)]))
})

test('init formats a line that a long name made too long', async t => {
  const { run, read } = await createFork(t, { 'a.ts': `export const all = ['${templateName}', '${templateName}']\n` })
  const name = 'a-name-of-'.padEnd(40, 'x')
  await run('--name', name)
  assert.equal(await read('a.ts'), `export const all = [\n  '${name}',\n  '${name}',\n]\n`)
})

test('a dry run lists the changes and makes none', async t => {
  const { run, snapshot, lines } = await createFork(t, { [`${templateName}.txt`]: '' })
  const before = await snapshot()
  assert.equal(await run('--name', 'shop-api', '--dry-run'), 0)
  assert.deepEqual(await snapshot(), before)
  assert.deepEqual(lines, [
    `${templateName}.txt → shop-api.txt (name only)`,
    'package-lock.json',
    'service/name.ts',
    '3 files would change; nothing was changed.',
  ])
})

test('a second init is refused', async t => {
  const { run, snapshot } = await createFork(t)
  await run('--name', 'shop-api')
  const before = await snapshot()
  await assert.rejects(run('--name', 'other'), {
    name: 'Error',
    message: 'this service is already called shop-api (service/name.ts); init renames the template only once',
  })
  assert.deepEqual(await snapshot(), before)
})

const wrongUse: [what: string, args: string[], message: RegExp][] = [
  ['no name', [], /^init needs --name, such as --name shop-api$/],
  ['a bad name', ['--name', 'Shop'], /^--name: expected .*, got "Shop"$/],
  ['the name of a folder here', ['--name', 'service'], /^--name: "service" already means something here/],
  ['the name of a package', ['--name', 'hono'], /^--name: "hono" already means something here/],
  ['a word that is no text in YAML', ['--name', 'true'], /^--name: "true" already means something here/],
  ['a bad repository', ['--name', 'shop-api', '--repository', 'shop'], /^--repository: expected owner\/name/],
  ['an option that does not exist', ['--nam', 'shop-api'], /--name/],
]

for (const [what, args, message] of wrongUse) {
  test(`${what} is wrong use, and nothing changes`, async t => {
    const { run, snapshot } = await createFork(t)
    const before = await snapshot()
    await assert.rejects(run(...args), { name: 'UsageError', message })
    assert.deepEqual(await snapshot(), before)
  })
}

test('two files that would get one name stop it before anything changes', async t => {
  const { run, snapshot } = await createFork(t, { [`${templateName}.txt`]: '', 'shop-api.txt': '' })
  const before = await snapshot()
  await assert.rejects(run('--name', 'shop-api'), {
    message: `${templateName}.txt would become shop-api.txt, which exists; nothing was changed`,
  })
  assert.deepEqual(await snapshot(), before)
})
