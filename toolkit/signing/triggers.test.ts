import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readIdentities } from './identities.ts'

const root = join(import.meta.dirname, '../..')
const { identities, workflows } = await readIdentities(root)

async function triggersOf(workflow: string): Promise<string[]> {
  const { on }: { on: string | string[] | object } = parse(await readFile(join(root, workflows, workflow), 'utf8')) // GitHub's format
  if (typeof on === 'string') return [on]
  return Array.isArray(on) ? on : Object.keys(on)
}

// Flux sees the workflow and the ref of a certificate, but not the event. These run on the ref of main for whoever comments or
// opens a pull request, so a workflow that builds images must not have them.
const forStrangers = [
  'pull_request_target',
  'workflow_run',
  'issue_comment',
  'issues',
  'discussion',
  'repository_dispatch',
]

for (const name of ['pull-request', 'trunk', 'release'] as const) {
  const { workflow, event } = identities[name]
  test(`${workflow} runs on the event of ${name}, and never on main for strangers`, async () => {
    const triggers = await triggersOf(workflow)
    assert.ok(event !== undefined && triggers.includes(event), `${workflow} has ${triggers.join(', ')}`)
    assert.deepEqual(
      triggers.filter(each => forStrangers.includes(each)),
      [],
    )
  })
}

test('the workflow that signs the list of previews is another one than those that sign images', async () => {
  const { previews, ...images } = identities
  assert.ok((await triggersOf(previews.workflow)).length > 0)
  assert.ok(!Object.values(images).some(({ workflow }) => workflow === previews.workflow))
})
