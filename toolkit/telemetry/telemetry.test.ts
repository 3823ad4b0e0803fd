import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findBrokenQueries } from './contract.ts'
import { exerciseRefusal } from './delivery-exercise.ts'
import { exercise } from './exercise.ts'
import { parseExposition, type Series } from './exposition.ts'
import { type Started, startBoth } from './testing/processes.ts'
import { expressionsOfTree } from './testing/texts.ts'

const root = join(import.meta.dirname, '../..')

/** Only service/faults can make any fork's service fail; where it was deleted no process shows a 5xx. */
const excuses = new Map(existsSync(join(root, 'service/faults')) ? [] : [['status', ['5..']]])

test('every query of this tree finds what the running processes show', { timeout: 120_000 }, async t => {
  const started = await startBoth(t)
  await exercise(started, AbortSignal.timeout(60_000))
  const exposed = await scrape(started)
  const expressions = await expressionsOfTree()
  const used = [...new Set(exposed.map(({ name }) => name))].flatMap(name => {
    const users = expressions.filter(({ text }) => new RegExp(`\\b${name}\\b`).test(text))
    return users.length === 0 ? [] : [{ name, users }]
  })
  assert.ok(used.length > 15, `the queries use only ${used.length} metrics`)
  assert.equal(findBrokenQueries(expressions, { exposed, excuses }).join('\n'), '')

  for (const { name, users } of used) {
    await t.test(`caught: ${name} under another name`, () => {
      const renamed = exposed.map(series => (series.name === name ? { ...series, name: `${name}_renamed` } : series))
      const sentence = `: ${name}: nothing shows or records it`
      assert.ok(findBrokenQueries(users, { exposed: renamed, excuses }).some(each => each.includes(sentence)))
    })
  }
})

/** Under the jobs that prometheus/prometheus.yml has. */
async function scrape({ service, delivery, refusing }: Started): Promise<Series[]> {
  const { name } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { name: string } // npm needs it
  if (refusing) await exerciseRefusal(refusing, AbortSignal.timeout(60_000))
  const planes = [delivery, refusing].flatMap(plane => plane ?? [])
  const series = [seriesOf(service, name), ...planes.map(({ url }) => seriesOf(url, 'fairlead-delivery'))]
  return (await Promise.all(series)).flat()
}

async function seriesOf(url: string, job: string): Promise<Series[]> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return parseExposition(text).map(series => ({ ...series, labels: { ...series.labels, job } }))
}
