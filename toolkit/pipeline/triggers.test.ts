import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from './machine.ts'
import { startedBy } from './triggers.ts'
import type { Workflow } from './workflow.ts'

const event = (name: Event['name'], ref: string, inputs: Record<string, string> = {}): Event => ({
  ...{ name, ref, inputs, sha: '0'.repeat(40), actor: 'somebody', payload: {} },
})

const both: Workflow['on'] = { pull_request: null, push: { branches: ['main', 'feature/*'] } }
const cases: [on: Workflow['on'], event: Event, starts: boolean][] = [
  [both, event('pull_request', 'refs/pull/7/merge'), true],
  [both, event('push', 'refs/heads/main'), true],
  [both, event('push', 'refs/heads/feature/a'), true],
  [both, event('push', 'refs/heads/feature/a/b'), false],
  [both, event('push', 'refs/heads/maintenance'), false],
  [both, event('push', 'refs/tags/main'), false],
  [both, event('workflow_dispatch', 'refs/heads/main'), false],
  [{ push: { tags: ['release/**'] } }, event('push', 'refs/tags/release/1/2'), true],
  [{ push: { tags: ['v1.2'] } }, event('push', 'refs/tags/v1x2'), false],
  [{ push: null }, event('push', 'refs/tags/anything'), true],
]

for (const [on, given, starts] of cases) {
  test(`${given.name} of ${given.ref} ${starts ? 'starts' : 'does not start'} ${JSON.stringify(on)}`, () =>
    assert.equal(startedBy({ on }, given), starts))
}

test('inputs that a workflow does not declare, and those it misses, are refused', () => {
  const on: Workflow['on'] = { workflow_dispatch: { inputs: { to: { options: ['nonprod', 'prod'], required: true } } } }
  const start = (inputs: Record<string, string>) =>
    startedBy({ on }, event('workflow_dispatch', 'refs/heads/main', inputs))
  assert.equal(start({ to: 'prod' }), true)
  assert.throws(() => start({}), { message: 'required input "to" is missing' })
  assert.throws(() => start({ to: 'prod', force: 'true' }), { message: 'unexpected input "force"' })
  assert.throws(() => start({ to: 'production' }), {
    message: 'input "to": expected nonprod or prod, got "production"',
  })
})
