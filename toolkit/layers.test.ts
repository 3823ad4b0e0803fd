import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findViolations, formatViolation } from './layers.ts'
import { listFiles } from './tree/list-files.ts'

const root = join(import.meta.dirname, '..')

const check = (files: Record<string, string>) => findViolations(new Map(Object.entries(files))).map(formatViolation)

test('this tree obeys the import rules', async () => {
  const files = (await listFiles(root)).filter(file => file.endsWith('.ts'))
  assert.ok(files.includes('lib/env.ts') && files.includes('service/name.ts'), 'the walk misses files')
  const texts = await Promise.all(files.map(async file => [file, await readFile(join(root, file), 'utf8')] as const))
  assert.deepEqual(findViolations(new Map(texts)).map(formatViolation), [])
})

const layer = 'move what both need into lib/'
const environment =
  'process.env is read in entry points only; take the value as an argument, and read it in ' +
  'service/main.ts, service/migrate.ts, service/healthcheck.ts, delivery/main.ts, delivery/cli.ts, delivery/healthcheck.ts, toolkit/cli.ts'
const processes =
  'but only toolkit/exec.ts starts processes, and delivery/reconciler/git.ts runs git; call that file instead'
const telemetry = 'but only service/tracing.ts knows the OpenTelemetry SDK; call that file instead'
const cycle = 'move what both need into a third file, or import only the type'

const planted: [what: string, files: Record<string, string>, found: string[]][] = [
  [
    'the service imports the toolkit',
    { 'service/a.ts': `\nimport { run } from '../toolkit/exec.ts'` },
    [`service/a.ts:2: imports toolkit/exec.ts, but service/ imports only itself and lib/; ${layer}`],
  ],
  [
    'a test of the toolkit imports the service',
    { 'toolkit/a.test.ts': `import '../service/name.ts'` },
    [`toolkit/a.test.ts:1: imports service/name.ts, but toolkit/ imports only itself and lib/; ${layer}`],
  ],
  [
    'the delivery plane imports a type of the service',
    { 'delivery/a.ts': `import type { Config } from '../service/config.ts'` },
    [`delivery/a.ts:1: imports service/config.ts, but delivery/ imports only itself and lib/; ${layer}`],
  ],
  [
    'lib imports the service, late',
    { 'lib/a.ts': `export const a = () => import('../service/name.ts')` },
    [`lib/a.ts:1: imports service/name.ts, but lib/ imports nothing of ours outside lib/; ${layer}`],
  ],
  [
    'lib re-exports a file beside package.json',
    { 'lib/a.ts': `export * from '../a.ts'` },
    [`lib/a.ts:1: imports a.ts, but lib/ imports nothing of ours outside lib/; ${layer}`],
  ],
  [
    'lib imports data',
    { 'lib/a.ts': `import lock from '../migrations/lock.json' with { type: 'json' }` },
    [`lib/a.ts:1: imports migrations/lock.json, but lib/ imports nothing of ours outside lib/; ${layer}`],
  ],
  [
    'the service imports data of the toolkit',
    { 'service/a.ts': `import '../toolkit/a.json'` },
    [`service/a.ts:1: imports toolkit/a.json, but service/ imports only itself and lib/; ${layer}`],
  ],
  [
    'an import type in a type',
    { 'lib/a.ts': `type A = import('../service/name.ts').A` },
    [`lib/a.ts:1: imports service/name.ts, but lib/ imports nothing of ours outside lib/; ${layer}`],
  ],
  [
    'the outbox imports a sink',
    { 'delivery/outbox/a.ts': `import '../sinks/slack.ts'` },
    [
      'delivery/outbox/a.ts:1: imports delivery/sinks/slack.ts, but the dispatcher is handed the sinks; pass it in from delivery/main.ts',
    ],
  ],
  [
    'a sink imports the outbox',
    { 'delivery/sinks/a.ts': `import '../outbox/store.ts'` },
    [
      'delivery/sinks/a.ts:1: imports delivery/outbox/store.ts, but a sink knows neither the outbox nor who writes to it; pass it in from delivery/main.ts',
    ],
  ],
  [
    'a file starts a process',
    { 'service/a.ts': `import 'node:child_process'` },
    [`service/a.ts:1: imports node:child_process, ${processes}`],
  ],
  [
    'a file starts a process under the old name, late',
    { 'toolkit/a.ts': `await import('child_process')` },
    [`toolkit/a.ts:1: imports child_process, ${processes}`],
  ],
  [
    'a file imports the OpenTelemetry SDK, in a test as well',
    { 'service/a.test.ts': `import { NodeSDK } from '@opentelemetry/sdk-node'` },
    [`service/a.test.ts:1: imports @opentelemetry/sdk-node, ${telemetry}`],
  ],
  ['process.env', { 'service/a.ts': 'process.env.A' }, [`service/a.ts:1: ${environment}`]],
  ["process['env']", { 'lib/a.ts': "process['env'].A" }, [`lib/a.ts:1: ${environment}`]],
  ['process?.env', { 'lib/a.ts': 'process?.env.A' }, [`lib/a.ts:1: ${environment}`]],
  ['globalThis.process.env', { 'lib/a.ts': 'globalThis.process.env' }, [`lib/a.ts:1: ${environment}`]],
  ['destructured', { 'lib/a.ts': 'const { env: e } = process' }, [`lib/a.ts:1: ${environment}`]],
  ['the rest of process', { 'lib/a.ts': 'const { argv, ...rest } = process' }, [`lib/a.ts:1: ${environment}`]],
  ['destructured later', { 'lib/a.ts': 'let env; ({ env } = process)' }, [`lib/a.ts:1: ${environment}`]],
  ['env imported', { 'lib/a.ts': `import { env as e } from 'node:process'` }, [`lib/a.ts:1: ${environment}`]],
  ['process imported', { 'lib/a.ts': `import p from 'process'\np.env` }, [`lib/a.ts:2: ${environment}`]],
  [
    'two files import each other, one of them late',
    { 'lib/a.ts': `import './b.ts'`, 'lib/b.ts': `\nawait import('./a.ts')` },
    [`lib/b.ts:2: closes a run-time import cycle: lib/a.ts → lib/b.ts → lib/a.ts; ${cycle}`],
  ],
  [
    'a braced type import still loads the file',
    { 'lib/a.ts': `import { type B } from './b.ts'`, 'lib/b.ts': `import { a } from './a.ts'` },
    [`lib/b.ts:1: closes a run-time import cycle: lib/a.ts → lib/b.ts → lib/a.ts; ${cycle}`],
  ],
  [
    'a file imports itself',
    { 'lib/a.ts': `import './a.ts'` },
    [`lib/a.ts:1: closes a run-time import cycle: lib/a.ts → lib/a.ts; ${cycle}`],
  ],
  [
    'a computed import hides its target',
    { 'lib/a.ts': `await import('./' + b)` },
    ['lib/a.ts:1: import() has a computed target; import a literal path, so that these rules can see it'],
  ],
]

for (const [what, files, found] of planted) {
  test(`caught: ${what}`, () => assert.deepEqual(check(files), found))
}

const allowed: [what: string, files: Record<string, string>][] = [
  [
    'every layer imports lib',
    { 'service/a.ts': `import '../lib/a.ts'`, 'delivery/kube/a.ts': `import '../../lib/a.ts'` },
  ],
  [
    'the service imports data of no layer',
    { 'service/a.ts': `import lock from '../migrations/lock.json' with { type: 'json' }` },
  ],
  ['entry points read process.env', { 'service/main.ts': 'process.env', 'toolkit/cli.ts': 'process.env' }],
  [
    'tests read process.env',
    { 'lib/a.test.ts': 'process.env', 'lib/test-a.ts': 'process.env', 'service/testing/a.ts': 'process.env' },
  ],
  ['tests start processes', { 'service/a.test.ts': `import 'node:child_process'` }],
  ['the one door starts processes', { 'toolkit/exec.ts': `import 'node:child_process'` }],
  ['the API of OpenTelemetry is free', { 'service/a.ts': `import '@opentelemetry/api'` }],
  ['types make no cycle', { 'lib/a.ts': `import type { B } from './b.ts'`, 'lib/b.ts': `import { a } from './a.ts'` }],
  [
    'two ways to one file are no cycle',
    { 'lib/a.ts': `import './b.ts'\nimport './c.ts'`, 'lib/b.ts': `import './c.ts'`, 'lib/c.ts': '' },
  ],
  ['another env', { 'lib/a.ts': 'context.env.A; const { argv } = process; process.exit(1)' }],
  [
    'process.env in text, comments and types',
    { 'lib/a.ts': `// process.env\nconst a = 'process.env'\ntype E = typeof process.env` },
  ],
]

for (const [what, files] of allowed) {
  test(`allowed: ${what}`, () => assert.deepEqual(check(files), []))
}
