import assert from 'node:assert/strict'
import { test } from 'node:test'
import { destinationEffects } from '../testing/effects/destinations.ts'
import { kindEffects } from '../testing/effects/kinds.ts'
import { ruleEffects } from '../testing/effects/rules.ts'
import { runningEffects } from '../testing/effects/running.ts'
import { sourceEffects } from '../testing/effects/sources.ts'
import { jsonSchema } from './generated.ts'
import { fieldsOf } from './reference.ts'

const effects = { ...sourceEffects, ...destinationEffects, ...kindEffects, ...ruleEffects, ...runningEffects }

test('every field that is accepted has a test of its effect', () => {
  const fields = fieldsOf(JSON.parse(JSON.stringify(jsonSchema()))).filter(({ value }) => value !== '')
  const groups = ['rules'] // a list whose items have fields of their own
  assert.deepEqual(
    Object.keys(effects).sort(),
    fields
      .map(({ path }) => path)
      .filter(path => !groups.includes(path))
      .sort(),
  )
})

for (const [path, shows] of Object.entries(effects)) test(`${path} has its effect`, { timeout: 120_000 }, shows)
