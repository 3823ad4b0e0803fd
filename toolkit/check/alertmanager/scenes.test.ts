import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertsOf, type Told, wrongScenes } from './scenes.ts'
import { type Scene, scenes } from './table.ts'

const example: Scene[] = [
  { what: 'one silences the other', firing: ['A critical', 'B warning', 'B warning other'], silenced: ['B warning'] },
  { what: 'nobody is silent', firing: ['B warning'], silenced: [] },
]

/** What an Alertmanager would answer that silences the alerts of these places. */
const toldOf = (silent: number[]): Told[] =>
  alertsOf(example).map(({ labels }, index) => ({
    labels,
    status: { inhibitedBy: silent.includes(index) ? ['x'] : [] },
  }))

test('scenes have services of their own, and a second one where a third word says so', () => {
  assert.deepEqual(
    alertsOf(example).map(({ labels }) => `${labels.alertname} ${labels.severity} ${labels.service}`),
    ['A critical scene-0', 'B warning scene-0', 'B warning scene-0-other', 'B warning scene-1'],
  )
})

test('as expected', () => assert.deepEqual(wrongScenes(example, toldOf([1])), []))

test('one that should be silent speaks, one that should speak is silent', () => {
  assert.deepEqual(wrongScenes(example, toldOf([2, 3])), [
    'one silences the other: silent are B warning other; expected B warning',
    'nobody is silent: silent are B warning; expected none',
  ])
})

test('an alert that Alertmanager does not know is an error', () => {
  assert.throws(() => wrongScenes(example, []), { message: 'Alertmanager does not know A critical of scene 0' })
})

test('what a scene silences is among what fires in it', () => {
  for (const { what, firing, silenced } of scenes)
    for (const each of silenced) assert.ok(firing.includes(each), `${what}: ${each}`)
})
