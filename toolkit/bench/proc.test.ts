import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  cpuMicroseconds,
  interferenceNote,
  memoryOf,
  othersShare,
  parseCpu,
  parseMachine,
  parseMemory,
} from './proc.ts'

const isLinux = process.platform === 'linux'

test('CPU time counts user and system, our own and of children that ended', () => {
  const stat = '42 (a) R (b) S 1 42 42 0 -1 4194304 100 0 0 0 200 30 4 1 20 0 11 0 12345 1000 2000'
  assert.equal(parseCpu(stat), 2_350_000)
})

test('CPU time of the machine leaves out idle, waiting and what is counted twice', () => {
  const stat = 'cpu  10 20 30 4000 500 1 2 3 40 50\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 1'
  assert.equal(parseMachine(stat), 660_000)
})

test('memory in MiB', () => {
  const rollup = 'Rss:    2048 kB\nPss:  1500 kB\nPrivate_Clean:   256 kB\nPrivate_Dirty:    768 kB\n'
  assert.deepEqual(parseMemory(rollup), { rssMiB: 2, privateMiB: 1 })
})

test('what is missing is no number, never a small one', () => {
  assert.ok(Number.isNaN(parseCpu('42 (node) S 1')))
  assert.ok(Number.isNaN(parseMachine('intr 1')))
  assert.ok(Number.isNaN(parseMemory('Rss: 2048 kB\nPrivate_Clean: 1 kB').privateMiB))
})

test('this process has used CPU time and memory, and some of it is shared', { skip: !isLinux }, async () => {
  assert.ok(cpuMicroseconds('self') > 0)
  assert.ok(cpuMicroseconds(process.pid) > 0)
  const { rssMiB, privateMiB } = await memoryOf(process.pid)
  assert.ok(privateMiB > 1 && rssMiB > privateMiB, `got ${rssMiB} and ${privateMiB}`)
})

test('what neither we nor our children used is the share of others, of all CPUs', () => {
  const before = { ms: 1000, machine: 5_000_000, own: 1_000_000 }
  const after = { ms: 3000, machine: 7_500_000, own: 2_500_000 }
  assert.equal(othersShare(before, after, 2), 0.25) // 1 of 4 s
})

test('above a tenth of others the figures are not to be taken', () => {
  assert.equal(interferenceNote(0.1), "Meanwhile other programs took 10 % of this machine's CPU time.")
  assert.match(interferenceNote(0.11), /11 % .*: take no figure from this run\.$/)
})
