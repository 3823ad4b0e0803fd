import { BlockList, isIP } from 'node:net'

// The ranges that are not the public internet: IANA's special-purpose registries (RFC 6890 and its successors).
const notPublic = listOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  ...[
    '::/96',
    '::ffff:0:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
  ],
  ...['3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
])

// Whoever reaches one of these can ask for the credentials of the machine: AWS, GCP, Azure, OpenStack; ECS and EKS; Alibaba.
const metadata = listOf([
  ...['169.254.169.254', 'fd00:ec2::254', 'fe80::a9fe:a9fe', 'fd20:ce::254', '168.63.129.16'],
  ...['169.254.170.2', '169.254.170.23', 'fd00:ec2::23', '100.100.100.200'],
])

/** Undefined when the address may be dialled, else why not. */
export type AddressGuard = (address: string) => string | undefined

/**
 * Public addresses may be dialled; others only when `allow` (CIDRs or addresses) names them or the host is `trusted`.
 * An address that carries another one (IPv4 in IPv6) must pass in both readings. Metadata addresses never pass.
 */
export function createAddressGuard({ allow, trusted }: { allow: readonly string[]; trusted: boolean }): AddressGuard {
  const allowed = listOf(allow)
  return address => {
    const readings = readingsOf(address)
    if (readings.some(each => has(metadata, each))) return 'a metadata address, which is never dialled'
    if (trusted || readings.every(each => !has(notPublic, each) || has(allowed, each))) return undefined
    return 'not a public address; name its range in allowAddresses if that is meant'
  }
}

/** Throws a sentence when an entry is neither an address nor a CIDR. */
function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const family = isIP(address)
    const width = family === 4 ? 32 : 128
    const prefix = bits === undefined ? width : Number(bits)
    if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '0') || prefix > width) {
      throw new Error(`allowAddresses: expected an address or a CIDR such as 10.0.0.0/8, got "${range}"`)
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

const has = (list: BlockList, address: string) => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')

function readingsOf(text: string): string[] {
  const address = text.replace(/%.*$/, '') // the zone of a link-local address
  if (isIP(address) !== 6) return [address]
  const groups = groupsOf(address)
  const [first, second, third] = groups
  const startsWith = (...start: number[]) => start.every((group, index) => groups[index] === group)
  const last = ipv4Of(groups[6], groups[7])
  if (startsWith(0, 0, 0, 0, 0, 0xffff)) return [last] // IPv4-mapped: the system dials IPv4
  if (startsWith(0, 0, 0, 0, 0, 0) || startsWith(0, 0, 0, 0, 0xffff, 0)) return [address, last]
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return [address, last] // NAT64, RFC 6052
  if (first === 0x2002) return [address, ipv4Of(second, third)] // 6to4, RFC 3056
  return [address]
}

function groupsOf(address: string): number[] {
  // The URL parser writes the shortest form, a dotted tail in hexadecimal.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const read = (part: string | undefined) => (part ? part.split(':').map(group => Number.parseInt(group, 16)) : [])
  const [left, right] = [read(head), read(tail)]
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
}

const ipv4Of = (high = 0, low = 0) => [high >> 8, high & 255, low >> 8, low & 255].join('.')
