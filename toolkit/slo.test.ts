import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { createRenamer } from './init/rename.ts'
import { slo } from './slo.ts'
import { createFolder } from './testing/folder.ts'

const root = join(import.meta.dirname, '..')

async function run(t: TestContext, at: string, ...args: string[]) {
  const printed: string[] = []
  const context = { root: at, env: {}, signal: t.signal, hurry: t.signal, print: (line: string) => printed.push(line) }
  return { code: await slo.run(args, context), printed }
}

/** A copy of what the step reads and writes. */
async function open(t: TestContext) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  for (const name of ['monitoring', 'helm']) await cp(join(root, name), join(folder.path, name), { recursive: true })
  const edit = async (file: string, from: string | RegExp, to: string) => {
    const text = await readFile(join(folder.path, file), 'utf8')
    assert.notEqual(text.replace(from, to), text)
    await writeFile(join(folder.path, file), text.replace(from, to))
  }
  return { path: folder.path, edit, text: (file: string) => readFile(join(folder.path, file), 'utf8') }
}

test('everything that is generated is current: run ./fairlead slo', async t => {
  assert.deepEqual(await run(t, root, '--check'), { code: 0, printed: ['everything is current'] })
})

test('the PrometheusRule has the groups of the plain file', async () => {
  const rule = parse(await readFile(join(root, 'helm/service/files/prometheus-rule.yaml'), 'utf8'))
  const plain = parse(await readFile(join(root, 'monitoring/rules/service.yaml'), 'utf8'))
  assert.equal(rule.kind, 'PrometheusRule')
  assert.equal(rule.apiVersion, 'monitoring.coreos.com/v1')
  assert.deepEqual(rule.spec.groups, plain.groups)
})

test('a number that changes makes every file that has it old, and --check names them and writes nothing', async t => {
  const { path, edit, text } = await open(t)
  const before = await text('monitoring/rules/service.yaml')
  await edit('monitoring/slo/service.yaml', 'target: 0.999', 'target: 0.995')
  const { code, printed } = await run(t, path, '--check')
  assert.equal(code, 1)
  const named = printed.map(line => line.replace(/ is not current: run \.\/fairlead slo$/, ''))
  for (const file of [
    'monitoring/rules/service.yaml',
    'helm/service/files/prometheus-rule.yaml',
    'monitoring/tests/service_test.yaml',
  ])
    assert.ok(named.includes(file), `${file} is not among ${named.join()}`)
  assert.ok(!named.some(file => file.includes('delivery')), named.join())
  assert.equal(await text('monitoring/rules/service.yaml'), before)

  assert.deepEqual((await run(t, path)).printed, named)
  assert.match(await text('monitoring/rules/service.yaml'), /> 14\.4 \* 0\.005$/m)
  assert.deepEqual(await run(t, path, '--check'), { code: 0, printed: ['everything is current'] })
})

test('what somebody wrote into a runbook stays, and what the numbers say is brought up to date', async t => {
  const { path, edit, text } = await open(t)
  const file = 'monitoring/runbooks/HighErrorRate.md'
  await edit(file, '## Impact\n', '## Impact\n\nAsk Ada.\n')
  await edit(file, '# HighErrorRate\n', '# HighErrorRate\n\nAsk Bob first.\n')
  await edit(file, '## Mitigation\n', '## Mitigation\n\nAsk Cid.\n')
  await edit('monitoring/slo/service.yaml', 'warn-above: "0.05"', 'warn-above: "0.07"')
  await run(t, path)
  const now = await text(file)
  for (const words of ['Ask Ada.', 'Ask Bob first.', 'Ask Cid.', 'more than 7%']) assert.ok(now.includes(words), words)
})

test('a new runbook has every section, the numbers and the queries', async t => {
  const { path, text } = await open(t)
  const file = 'monitoring/runbooks/HighErrorRate.md'
  await rm(join(path, file))
  await run(t, path)
  const made = await text(file)
  assert.deepEqual(
    [...made.matchAll(/^## (.*)$/gm)].map(([, title]) => title),
    ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'],
  )
  assert.match(made, /more than 5%/)
  assert.match(made, /^```promql\nslo:bad_events:ratio_rate5m\{/m)
})

test('a mark that is gone from a runbook is told, and nothing is written', async t => {
  const { path, edit, text } = await open(t)
  await edit('monitoring/runbooks/NoTraffic.md', '<!-- end of queries -->\n', '')
  await edit('monitoring/slo/service.yaml', 'target: 0.999', 'target: 0.995')
  await assert.rejects(run(t, path), {
    message:
      'monitoring/runbooks/NoTraffic.md: expected "<!-- queries: by ./fairlead slo -->" and then "<!-- end of queries -->", once; put them where that part belongs',
  })
  assert.doesNotMatch(await text('monitoring/rules/service.yaml'), /0\.005/)
})

test('a generated file that nothing makes any more is removed, and no other', async t => {
  const { path, edit, text } = await open(t)
  await edit('monitoring/slo/service.yaml', 'fairlead.dev/rules: service', 'fairlead.dev/rules: promises')
  const { printed } = await run(t, path)
  assert.ok(printed.includes('monitoring/rules/service.yaml is removed'), printed.join('\n'))
  await assert.rejects(text('monitoring/rules/service.yaml'), { code: 'ENOENT' })
  assert.ok(await text('monitoring/rules/watchdog.yaml'))
  assert.ok(await text('monitoring/rules/promises.yaml'))
})

for (const name of ['a1', 'x2-7up--a-name-of-forty-characters-4you9']) {
  test(`what init renames to ${name} is what is made under that name`, async t => {
    const { path } = await open(t)
    const renamed = createRenamer(name, `Big-Shop/${name}`)
    for (const file of globSync('**/*.{yaml,md,json}', { cwd: path }))
      await writeFile(join(path, file), renamed(await readFile(join(path, file), 'utf8')))
    assert.deepEqual(await run(t, path, '--check'), { code: 0, printed: ['everything is current'] })
  })
}

test('without a delivery plane there are the files of the service', async t => {
  const { path } = await open(t)
  await rm(join(path, 'monitoring'), { recursive: true })
  await mkdir(join(path, 'monitoring/slo'), { recursive: true })
  await cp(join(root, 'monitoring/slo/service.yaml'), join(path, 'monitoring/slo/service.yaml'))
  const { code, printed } = await run(t, path)
  assert.equal(code, 0)
  assert.ok(printed.includes('monitoring/rules/service.yaml') && !printed.some(line => line.includes('elivery')))
})

test('no runbook is left as it was made', async () => {
  const folder = join(root, 'monitoring/runbooks')
  for (const file of await readdir(folder))
    assert.doesNotMatch(await readFile(join(folder, file), 'utf8'), /^Say (who notices|what helps)/m, file)
})
