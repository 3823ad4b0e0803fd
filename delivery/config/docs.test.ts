import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkSettings } from './checks.ts'
import { parseSettings } from './file.ts'

const blocksOf = (text: string) => [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block)

for (const guide of ['delivery.md', 'from-beacon.md']) {
  test(`the configuration in docs/${guide} is accepted as it stands`, () => {
    const blocks = blocksOf(readFileSync(new URL(`../../docs/${guide}`, import.meta.url), 'utf8'))
    assert.ok(blocks.length > 0)
    for (const block of blocks) {
      const { settings, mistakes, told } = parseSettings(block, guide)
      assert.deepEqual(mistakes, [])
      assert.deepEqual(settings && told(checkSettings(settings, Object.keys(settings.destinations ?? {}))), [])
    }
  })
}
test('the guide from Beacon names each of its ten sections', () => {
  const text = readFileSync(new URL('../../docs/from-beacon.md', import.meta.url), 'utf8')
  const sections = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, section]) => section)
  const beacon = [
    'app',
    'resources',
    'annotation',
    'endpoint',
    'worker',
    'reconciliation',
    'retention',
    'storage',
    'metrics',
    'health',
  ]
  assert.deepEqual(sections, beacon)
})
