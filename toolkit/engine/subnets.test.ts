import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freeBlock } from './subnets.ts'

/** A line of /proc/net/route: the kernel prints addresses as little-endian hexadecimal numbers. */
function route(network: string, length: number): string {
  const hex = (bytes: number[]) => Buffer.from(bytes.reverse()).toString('hex').toUpperCase()
  const mask = [0, 8, 16, 24].map(before => 256 - 2 ** (8 - Math.max(0, Math.min(8, length - before))))
  return [
    'eth0',
    hex(network.split('.').map(Number)),
    '00000000',
    '0001',
    '0',
    '0',
    '0',
    hex(mask),
    '0',
    '0',
    '0',
  ].join('\t')
}

const table = (...routes: string[]) => ['Iface\tDestination\tGateway …', ...routes, ''].join('\n')

for (const [what, routes, expected] of [
  ['none', [], '172.17'],
  ['only the default one', [route('0.0.0.0', 0)], '172.17'],
  ['the same block', [route('172.17.0.0', 16)], '172.18'],
  ['one within the block', [route('172.17.4.0', 24)], '172.18'],
  ['one around several', [route('172.16.0.0', 13)], '172.24'],
  ['one around all of the first kind', [route('172.16.0.0', 12)], '10.201'],
] as const) {
  test(`a free block with routes: ${what}`, () => assert.equal(freeBlock(table(...routes)), expected))
}

test('with a route to every private network, one sentence', () => {
  assert.throws(() => freeBlock(table(route('172.16.0.0', 12), route('10.0.0.0', 8))), {
    message: 'no private network is free: 172.17 to 10.250 have routes',
  })
})
