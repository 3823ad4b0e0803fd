import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAddressGuard } from './address.ts'

const guard = (allow: string[] = [], trusted = false) => createAddressGuard({ allow, trusted })
const isOpen = (address: string, ...rest: Parameters<typeof guard>) => guard(...rest)(address) === undefined

// The first and the last address of each range, and beside it, when that is public, the neighbour on each side.
const ranges: [first: string, last: string, before?: string | undefined, after?: string][] = [
  ['0.0.0.0', '0.255.255.255', undefined, '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['224.0.0.0', '239.255.255.255', '223.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
  ['::', '::ffff:ffff'],
  ['64:ff9b::', '64:ff9b::ffff:ffff', '64:ff9a:ffff::1', '64:ff9c::'],
  ['100::', '100::ffff:ffff:ffff:ffff', 'ff:ffff::1', '100:0:0:1::'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db7:ffff::1', '2001:db9::'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:ffff::1', '2003::'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3ffe:ffff::1', '3fff:1000::'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '5eff:ffff::1', '5f01::'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fbff:ffff::1', 'fe00::'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe7f:ffff::1'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
]
for (const [first, last, before, after] of ranges) {
  test(`${first} to ${last} is closed, its neighbours are open`, () => {
    for (const address of [first, last]) assert.equal(isOpen(address), false, address)
    for (const address of [before, after]) if (address) assert.equal(isOpen(address), true, address)
  })
}

test('IPv4 in IPv6 is read as IPv4, in every spelling', () => {
  for (const address of ['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:10.0.0.1', '::FFFF:192.168.1.1']) {
    assert.equal(isOpen(address), false, address)
  }
  assert.equal(isOpen('::ffff:93.184.216.34'), true)
  assert.equal(isOpen('::ffff:10.0.0.1', ['10.0.0.0/8']), true)
  assert.equal(isOpen('fe80::1%eth0'), false)
})

test('an address that carries another one must pass in both readings', () => {
  assert.equal(isOpen('64:ff9b::5db8:d822', ['64:ff9b::/96']), true)
  assert.equal(isOpen('64:ff9b::a00:1', ['64:ff9b::/96']), false, 'NAT64 to 10.0.0.1')
  assert.equal(isOpen('64:ff9b::a00:1', ['64:ff9b::/96', '10.0.0.0/8']), true)
  assert.equal(isOpen('2002:a00:1::', ['2002::/16']), false, '6to4 to 10.0.0.1')
})

test('a private range is open when it is named, and only that', () => {
  const allow = ['10.1.0.0/16', 'fd00:1::/32', '192.168.1.7']
  for (const address of ['10.1.0.0', '10.1.255.255', 'fd00:1::5', '192.168.1.7', '93.184.216.34']) {
    assert.equal(isOpen(address, allow), true, address)
  }
  for (const address of ['10.0.255.255', '10.2.0.0', 'fd00:2::5', '192.168.1.8', '127.0.0.1']) {
    assert.equal(isOpen(address, allow), false, address)
  }
})

test('a trusted host may be anywhere but at the metadata', () => {
  for (const address of ['127.0.0.1', '10.0.0.1', '::1', 'fd00::1']) assert.equal(isOpen(address, [], true), true)
})

const metadata = [
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  '::169.254.169.254',
  'fd00:ec2::254',
  'FD00:0EC2:0:0:0:0:0:254',
  'fe80::a9fe:a9fe%eth0',
]
for (const address of metadata) {
  test(`${address} is never dialled, whatever allows it`, () => {
    const everything = ['0.0.0.0/0', '::/0', '169.254.169.254', 'fd00:ec2::254']
    for (const open of [guard(everything), guard(everything, true)]) assert.match(open(address) ?? '', /metadata/)
  })
}

for (const range of [
  '',
  '10.0.0.0/',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0/8',
  '10.0.0.0/8/8',
  'db.test',
  '10.0.0.0/-1',
]) {
  test(`"${range}" is no range`, () => assert.throws(() => guard([range]), /allowAddresses: expected .* got/))
}
