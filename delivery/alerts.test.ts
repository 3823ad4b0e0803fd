import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { commands } from './cli/commands.ts'
import { createMetrics } from './metrics.ts'

const monitoring = join(import.meta.dirname, '../monitoring')

async function textsOf(folder: string): Promise<string[]> {
  const files = await readdir(join(monitoring, folder))
  return Promise.all(files.map(file => readFile(join(monitoring, folder, file), 'utf8')))
}

/** Every name that Prometheus may know a metric by. */
const registered = async () =>
  new Set(
    (await createMetrics({ version: '0.0.0', revision: 'test' }).registry.getMetricsAsJSON()).flatMap(
      ({ name, type }) =>
        // A cast, because the declared type is an enum of numbers, and what is there is the word.
        String(type) === 'histogram' ? ['', '_bucket', '_sum', '_count'].map(end => `${name}${end}`) : [name],
    ),
  )

for (const folder of ['rules', 'tests', 'runbooks']) {
  test(`every metric that monitoring/${folder} names is one that we register`, async () => {
    const named = new Set((await textsOf(folder)).flatMap(text => text.match(/\bfairlead_[a-z_]+/g) ?? []))
    assert.ok(named.has('fairlead_storage_used_ratio'), 'the search finds none')
    const ours = await registered()
    assert.deepEqual(
      [...named].filter(name => !ours.has(name)),
      [],
    )
  })
}

test('every command that a runbook names is one that ./fairlead messages has', async () => {
  const calls = (await textsOf('runbooks')).flatMap(text => [...text.matchAll(/\.\/fairlead messages (\w+)/g)])
  const named = new Set(calls.map(([, command = '']) => command))
  assert.ok(named.has('replay'), 'the search finds none')
  assert.deepEqual(
    [...named].filter(name => !Object.hasOwn(commands, name)),
    [],
  )
})
