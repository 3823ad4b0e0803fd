import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '../config.ts'
import { flagdSettings } from './settings.ts'

const rpc = { resolverType: 'rpc', host: 'localhost', port: 8013, cache: 'disabled' }
const inProcess = { resolverType: 'in-process', host: 'localhost', port: 8015 }
const file = { resolverType: 'in-process', offlineFlagSourcePath: '/flags/flags.json' }

const rows: [what: string, env: Record<string, string>, expected: object | undefined][] = [
  ['nothing', {}, undefined],
  ['empty variables', { FLAGD_HOST: '', FLAGD_PORT: '', FLAGD_OFFLINE_FLAG_SOURCE_PATH: '' }, undefined],
  ['FLAGD_HOST alone', { FLAGD_HOST: 'flagd' }, { ...rpc, host: 'flagd' }],
  ['FLAGD_PORT alone', { FLAGD_PORT: '9000' }, { ...rpc, port: 9000 }],
  ['FLAGD_RESOLVER=rpc', { FLAGD_RESOLVER: 'rpc' }, rpc],
  ['FLAGD_RESOLVER=in-process', { FLAGD_RESOLVER: 'in-process' }, inProcess],
  ['rpc keeps off the sync port', { FLAGD_RESOLVER: 'rpc', FLAGD_SYNC_PORT: '9001' }, rpc],
  ['in-process keeps off the rpc port', { FLAGD_RESOLVER: 'in-process', FLAGD_PORT: '9000' }, inProcess],
  ['in-process on its port', { FLAGD_RESOLVER: 'in-process', FLAGD_SYNC_PORT: '9001' }, { ...inProcess, port: 9001 }],
  ['a file', { FLAGD_OFFLINE_FLAG_SOURCE_PATH: '/flags/flags.json' }, file],
  [
    'a file before all else',
    { FLAGD_OFFLINE_FLAG_SOURCE_PATH: '/flags/flags.json', FLAGD_RESOLVER: 'rpc', FLAGD_PORT: '1' },
    file,
  ],
]

for (const [what, env, expected] of rows) {
  test(`flagd of ${what}`, () => assert.deepEqual(flagdSettings(loadConfig(env)), expected))
}
