import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotRun } from '../not-run.ts'
import { createReport } from './proof.ts'
import { faultsOf } from './proofs/hardening.ts'
import { parseUsage } from './proofs/memory.ts'

function open(excuses: Record<string, string> = {}) {
  const lines: string[] = []
  const report = createReport({ print: line => lines.push(line) }, new Map(Object.entries(excuses)))
  return { report, words: () => lines.map(line => line.replace(/ +\d+\.\d s +/, ' ').replace(/ +/g, ' ')) }
}

test('each proof ends with a word of its own, and one that fails or did not run makes the whole fail', async () => {
  const failing = open()
  assert.equal(await failing.report.prove('a', async () => 'seen'), 'passed')
  assert.equal(await failing.report.prove('b', () => Promise.reject(new Error('broken'))), 'FAILED')
  assert.deepEqual([failing.report.end(), failing.words()], [false, ['passed a seen', 'FAILED b broken']])

  const absent = open()
  assert.equal(await absent.report.prove('c', () => Promise.reject(new NotRun('no image'))), 'not run')
  assert.deepEqual([absent.report.end(), absent.words()], [false, ['not run c no image']])
})

test('a proof that .ci/cannot-run excuses is printed last; an excuse does not cover a failure', async () => {
  const { report, words } = open({ 'e2e-a': 'no registry', 'e2e-b': 'no registry' })
  assert.equal(await report.prove('a', () => Promise.reject(new NotRun('no image'))), 'not run')
  assert.equal(await report.prove('c', async () => 'seen'), 'passed')
  assert.equal(report.end(), true)
  assert.deepEqual(words(), ['passed c seen', 'not run a no image; .ci/cannot-run: no registry'])
  assert.equal(await report.prove('b', () => Promise.reject(new Error('broken'))), 'FAILED')
  assert.equal(report.end(), false)
})

const hard = {
  Name: '/a',
  Config: { User: '65532:65532', Image: 'a:local' },
  State: { Running: true },
  HostConfig: {
    ReadonlyRootfs: true,
    Privileged: false,
    CapAdd: null,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true'],
    Memory: 1,
    NanoCpus: 1,
    PidsLimit: 1,
  },
  NetworkSettings: { Ports: { '8080/tcp': [{ HostIp: '127.0.0.1' }], '9090/tcp': null } },
}

test('a hardened container has no fault', () => assert.deepEqual(faultsOf(hard), []))

for (const [fault, container] of [
  ['its user is ""', { ...hard, Config: { ...hard.Config, User: '' } }],
  ['its user is "0:0"', { ...hard, Config: { ...hard.Config, User: '0:0' } }],
  ['its root file system can be written', { ...hard, HostConfig: { ...hard.HostConfig, ReadonlyRootfs: false } }],
  ['it is privileged', { ...hard, HostConfig: { ...hard.HostConfig, Privileged: true } }],
  ['it keeps capabilities', { ...hard, HostConfig: { ...hard.HostConfig, CapDrop: ['CHOWN'] } }],
  ['it has NET_ADMIN', { ...hard, HostConfig: { ...hard.HostConfig, CapAdd: ['NET_ADMIN'] } }],
  ['it may gain privileges', { ...hard, HostConfig: { ...hard.HostConfig, SecurityOpt: null } }],
  ['it has no memory limit', { ...hard, HostConfig: { ...hard.HostConfig, Memory: 0 } }],
  ['it has no CPU limit', { ...hard, HostConfig: { ...hard.HostConfig, NanoCpus: 0 } }],
  ['it has no limit on processes', { ...hard, HostConfig: { ...hard.HostConfig, PidsLimit: null } }],
  ['it listens on 0.0.0.0', { ...hard, NetworkSettings: { Ports: { '1/tcp': [{ HostIp: '0.0.0.0' }] } } }],
] as const) {
  test(`a container with a fault: ${fault}`, () =>
    assert.deepEqual(faultsOf(structuredClone(container) as typeof hard), [fault]))
}

test('what docker stats prints, in bytes', () => {
  assert.deepEqual(parseUsage('e2e-a-1 1.5MiB / 128MiB'), ['e2e-a-1', 1.5 * 2 ** 20])
  assert.deepEqual(parseUsage('b 0B / 0B'), ['b', 0])
  assert.deepEqual(parseUsage('c 2GiB / 4GiB'), ['c', 2 ** 31])
  assert.throws(() => parseUsage('d -- / --'), /expected "<name> 12.3MiB \/ 128MiB", got "d -- \/ --"/)
})
