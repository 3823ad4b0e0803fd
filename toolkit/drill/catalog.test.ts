import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readAlerts } from '../monitoring/alerts.ts'
import { UsageError } from '../step.ts'
import { drills, undrilled } from './catalog.ts'
import { chooseDrills } from './choose.ts'

const rules = join(import.meta.dirname, '../../monitoring/rules')

test('every alert has a drill, or a written reason why it has none', async () => {
  const texts = await Promise.all((await readdir(rules)).map(file => readFile(join(rules, file), 'utf8')))
  const alerts = texts.flatMap(readAlerts).map(({ alert }) => alert)
  const known = new Set([...drills.map(({ alert }) => alert), ...Object.keys(undrilled)])
  assert.deepEqual([...known].sort(), [...new Set(alerts)].sort())
  assert.deepEqual(
    drills.flatMap(({ without = [] }) => without).filter(name => !alerts.includes(name)),
    [],
  )
})

test('no alert has both, and no name stands twice', () => {
  const names = drills.map(({ name }) => name)
  assert.deepEqual([...new Set(names)], names)
  assert.deepEqual(
    names.filter(name => name in undrilled),
    [],
  )
})

test('names are taken once each; a wrong one is told with the nearest, one without a drill with its reason', () => {
  assert.deepEqual(chooseDrills(['TargetDown', 'DatabaseGone', 'TargetDown']), ['TargetDown', 'DatabaseGone'])
  assert.throws(
    () => chooseDrills(['TargetDwn']),
    new UsageError('there is no drill "TargetDwn"; did you mean TargetDown?'),
  )
  assert.throws(() => chooseDrills(['x']), new UsageError('there is no drill "x", see --list'))
  assert.throws(
    () => chooseDrills(['FairleadDeliveryDown']),
    new UsageError(
      'FairleadDeliveryDown has no drill: it is about one instance of several, and the local stack has one',
    ),
  )
})
