import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Selector } from './policy.ts'
import { selects } from './selector.ts'

const labels = { app: 'web', tier: '' }
const expression = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values?: string[],
): Selector => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
})

const cases: [selector: Selector, chosen: boolean][] = [
  [{}, true],
  [{ matchLabels: { app: 'web' } }, true],
  [{ matchLabels: { app: 'db' } }, false],
  [{ matchLabels: { app: 'web', tier: 'x' } }, false],
  [{ matchLabels: { tier: '' } }, true],
  [{ matchLabels: { absent: '' } }, false],
  [expression('app', 'In', ['db', 'web']), true],
  [expression('app', 'In', ['db']), false],
  [expression('absent', 'In', ['db']), false],
  [expression('app', 'NotIn', ['web']), false],
  [expression('absent', 'NotIn', ['web']), true],
  [expression('tier', 'Exists'), true],
  [expression('absent', 'Exists'), false],
  [expression('absent', 'DoesNotExist'), true],
  [expression('app', 'DoesNotExist'), false],
  [{ matchLabels: { app: 'web' }, ...expression('app', 'DoesNotExist') }, false],
]

for (const [selector, chosen] of cases)
  test(`${JSON.stringify(selector)} ${chosen ? 'chooses' : 'does not choose'} app=web,tier=`, () => {
    assert.equal(selects(selector, labels), chosen)
  })
