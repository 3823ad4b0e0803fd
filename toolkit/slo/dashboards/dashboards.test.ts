import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createRenamer } from '../../init/rename.ts'
import { readPlan } from '../read.ts'
import { dashboards } from './dashboards.ts'

const root = join(import.meta.dirname, '../../..')

async function make(rename: (text: string) => string) {
  const files = globSync('monitoring/slo/*.yaml', { cwd: root }).sort()
  const read = async (file: string) => readPlan(rename(await readFile(join(root, file), 'utf8')), file)
  return dashboards(await Promise.all(files.map(read)))
}

for (const name of ['s2', 'a-name-of-forty-characters-for-the-shop-x']) {
  test(`after init to ${name} the dashboards are current without being made again`, async () => {
    const rename = createRenamer(name, `owner-of-it/${name}`)
    for (const [file, text] of await make(rename)) {
      assert.equal(rename(await readFile(join(root, 'monitoring/dashboards', file), 'utf8')), text)
    }
  })
}

test('what is promised without a dashboard is refused', async () => {
  const text = await readFile(join(root, 'monitoring/slo/service.yaml'), 'utf8')
  const plan = readPlan(text, 'monitoring/slo/checkout.yaml')
  assert.throws(() => dashboards([plan]), /monitoring\/slo\/checkout\.yaml: there is no dashboard for it/)
})
