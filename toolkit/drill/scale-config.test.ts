import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { scaleConfig } from './scale-config.ts'

const root = join(import.meta.dirname, '../..')

test('every wait of a configuration is divided, at any depth, and nothing else is touched', () => {
  const text = `
# stays
global: { scrape_interval: 15s, evaluation_interval: 30s, external_labels: { group_wait_: 15s } }
route:
  group_wait: 30s
  routes:
    - { receiver: a, repeat_interval: 5m } # stays, too
scrape_configs:
  - job_name: 15s
    dns_sd_configs: [{ names: [a], refresh_interval: 15s }]
`
  const scaled = scaleConfig(text, 60)
  assert.match(scaled, /# stays\n/)
  assert.match(scaled, /# stays, too/)
  assert.deepEqual(parse(scaled), {
    global: { scrape_interval: '250ms', evaluation_interval: '500ms', external_labels: { group_wait_: '15s' } },
    route: { group_wait: '500ms', routes: [{ receiver: 'a', repeat_interval: '5s' }] },
    scrape_configs: [{ job_name: '15s', dns_sd_configs: [{ names: ['a'], refresh_interval: '250ms' }] }],
  })
})

test('the files of the local stack hold no duration that this does not know', async () => {
  for (const file of ['prometheus.yml', 'alertmanager.yml']) {
    const text = await readFile(join(root, 'prometheus', file), 'utf8')
    const after = leaves(parse(scaleConfig(text, 60)))
    const left = leaves(parse(text)).filter((value, n) => /^[1-9]\d*(ms|[smhdw])$/.test(value) && value === after[n])
    assert.deepEqual(left, [], file)
  }
})

const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)]
