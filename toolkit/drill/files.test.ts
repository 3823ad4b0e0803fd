import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { addDestination, prepareDrillFiles, scaleAges } from './files.ts'
import { withoutAlerts } from './rules.ts'

const root = join(import.meta.dirname, '../..')

test('the copies hold every file, readable by the users of the containers, and go at the end', async () => {
  const files = await prepareDrillFiles(root, 60)
  const { FLAGS_DIR = '', RULES_DIR = '', PROMETHEUS_DIR = '', FAULTS_ENABLED } = files.env
  assert.equal(FAULTS_ENABLED, 'true')
  assert.equal(files.flags, join(FLAGS_DIR, 'flags.json'))
  assert.equal(files.deliveryConfig, join(PROMETHEUS_DIR, 'delivery.yaml'))
  for (const [copy, original] of [
    [FLAGS_DIR, 'flags'],
    [RULES_DIR, 'monitoring/rules'],
    [PROMETHEUS_DIR, 'prometheus'],
  ] as const) {
    const options = { recursive: true }
    assert.deepEqual((await readdir(copy, options)).sort(), (await readdir(join(root, original), options)).sort())
    assert.equal((await stat(copy)).mode & 0o005, 0o005, copy)
    assert.equal((await stat(dirname(copy))).mode & 0o001, 0o001, 'the folder around it')
  }
  await files[Symbol.asyncDispose]()
  assert.ok(!existsSync(FLAGS_DIR))
})

test('every rule waits a sixtieth, and the age of the oldest message is a wait', async () => {
  await using files = await prepareDrillFiles(root, 60)
  const text = await readFile(join(files.rules, 'delivery.yaml'), 'utf8')
  const { groups }: { groups: { rules: { alert: string; expr: string; for?: string }[] }[] } = parse(text)
  const old = groups.flatMap(group => group.rules).find(rule => rule.alert === 'FairleadBacklogOld')
  assert.match(old?.expr ?? '', /\(fairlead_oldest_pending_seconds\) > 15$/)
  assert.equal(old?.for, '5s')
  assert.equal(scaleAges('fairlead_storage_used_ratio > 900', 60), 'fairlead_storage_used_ratio > 900')
})

test('the configuration of the delivery plane gets a destination for drills, and keeps its sources', async () => {
  const text = await readFile(join(root, 'prometheus/delivery.yaml'), 'utf8')
  const config = parse(addDestination(text))
  assert.deepEqual(config.sources, parse(text).sources)
  assert.deepEqual(Object.keys(config.destinations), ['console', 'drill'])
  assert.deepEqual(config.rules, [
    { name: 'drills', match: { kind: 'Drill' }, destinations: ['drill'] },
    { name: 'alerts', exclude: [{ kind: 'Drill' }], destinations: ['console'] },
  ])
})

test('alerts are taken out of the rules by name; a file without them stays as it is written', () => {
  const text = `groups:
  - name: a
    rules:
      - { record: x, expr: y } # stays
      - { alert: Fast, expr: x > 1 }
      - { alert: Slow, expr: x > 2 }
      - { alert: Other, expr: x > 3 }
`
  assert.equal(withoutAlerts(text, ['fast']), text)
  const left: { groups: { rules: { alert?: string }[] }[] } = parse(withoutAlerts(text, ['Slow', 'Fast']))
  assert.deepEqual(
    left.groups[0]?.rules.map(({ alert }) => alert),
    [undefined, 'Other'],
  )
})
