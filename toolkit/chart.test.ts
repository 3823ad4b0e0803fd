import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { chart } from './chart.ts'
import { createRenamer } from './init/rename.ts'
import { createFolder } from './testing/folder.ts'

const root = join(import.meta.dirname, '..')
const readme = 'helm/service/README.md'

/** A copy of what the step reads and writes; without plain manifests, which need helm. */
async function open(t: TestContext) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const at = (path: string) => join(folder.path, path)
  for (const each of ['helm', 'flags', 'monitoring', 'delivery/config.schema.json', 'biome.json', '.gitignore'])
    await cp(join(root, each), at(each), { recursive: true, filter: path => !path.endsWith('/manifests') }).catch(
      error => assert.equal(error.code, 'ENOENT'), // a fork that took the delivery plane out
    )
  await mkdir(at('node_modules/.bin'), { recursive: true })
  await cp(join(root, 'node_modules/.bin/biome'), at('node_modules/.bin/biome'), { dereference: false })
  const read = (path: string) => readFile(at(path), 'utf8')
  const edit = async (path: string, from: string, to: string) => {
    const text = await read(path)
    assert.ok(text.includes(from), `${path} has no ${from}`)
    await writeFile(at(path), text.replace(from, to))
  }
  const printed: string[] = []
  const context = { root: folder.path, env: {}, signal: t.signal, hurry: t.signal }
  const run = async (...args: string[]) => {
    printed.length = 0
    return { code: await chart.run(args, { ...context, print: line => printed.push(line) }), printed }
  }
  return { at, read, edit, run }
}

test('everything in the charts that is made without helm is current: run ./fairlead chart', async t => {
  const { run } = await open(t)
  assert.deepEqual(await run('--check'), { code: 0, printed: ['everything is current'] })
})

test('a sentence that changes makes the README old, --check says so and writes nothing, and without it all is current', async t => {
  const { read, edit, run } = await open(t)
  await edit('helm/service/values.yaml', '# Where this runs:', '# In which cluster | or place:')
  const before = await read(readme)
  assert.deepEqual(await run('--check'), { code: 1, printed: [`${readme} is not current: run ./fairlead chart`] })
  assert.equal(await read(readme), before)
  assert.deepEqual(await run(), { code: 0, printed: [readme] })
  assert.match(await read(readme), /^\| `env\.ENVIRONMENT` \| `"prod"` \| In which cluster \\\| or place: preview/m)
  assert.deepEqual(await run('--check'), { code: 0, printed: ['everything is current'] })
})

test('flags and dashboards are copied into the chart, which reads nothing outside itself', async t => {
  const { at, read, edit, run } = await open(t)
  await edit('flags/flags.json', '"half": 0.5', '"half": 0.25')
  await rm(at('helm/service/files/dashboards'), { recursive: true })
  const { printed } = await run()
  assert.deepEqual(printed, ['helm/service/files/flags.json', 'helm/service/files/dashboards/service.json'])
  for (const [copy, source] of [
    ['helm/service/files/flags.json', 'flags/flags.json'],
    ['helm/service/files/dashboards/service.json', 'monitoring/dashboards/service.json'],
  ] as const)
    assert.deepEqual(JSON.parse(await read(copy)), JSON.parse(await read(source)))
})

test('a chart without a README gets one', async t => {
  const { at, read, run } = await open(t)
  await rm(at(readme))
  await run()
  assert.match(
    await read(readme),
    /^# [a-z].*\n\n.*\.\n\n## Values\n\n<!-- values: by \.\/fairlead chart -->\n\n\| key/,
  )
})

test('a README without its marks is told, and stays as it is', async t => {
  const { read, edit, run } = await open(t)
  await edit(readme, '<!-- end of values -->', '')
  const before = await read(readme)
  await assert.rejects(run(), {
    message:
      'helm/service/README.md: expected "<!-- values: by ./fairlead chart -->" and then "<!-- end of values -->", once; put them where the table belongs',
  })
  assert.equal(await read(readme), before)
})

for (const name of ['a1', 'x2-7up--a-name-of-forty-characters-4you9'])
  test(`what init renames to ${name} is what is made under that name`, async t => {
    const { at, read, run } = await open(t)
    const renamed = createRenamer(name, `Big-Shop/${name}`)
    for (const file of globSync('**/*.{yaml,md,json}', { cwd: at('') }))
      await writeFile(at(file), renamed(await read(file)))
    assert.deepEqual(await run('--check'), { code: 0, printed: ['everything is current'] })
  })
