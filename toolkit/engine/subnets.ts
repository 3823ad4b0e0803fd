import { BlockList } from 'node:net'

/** For one bridge and for the networks of a stack, in the order they are tried; all of RFC 1918. */
const candidates = [...range(17, 31).map(n => `172.${n}`), ...range(201, 250).map(n => `10.${n}`)]

/** A /16, as its first two numbers, that no route of /proc/net/route touches. */
export function freeBlock(routes: string): string {
  const taken = new BlockList()
  for (const line of routes.split('\n').slice(1)) {
    const [, destination = '', , , , , , mask = ''] = line.split('\t')
    const length = [...parse(mask)].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
    if (destination !== '' && length > 0) taken.addSubnet(parse(destination).join('.'), length)
  }
  // A route within the block is longer than 16; one around it is found by the block's first address, too.
  const nets = routesWithin(routes)
  const free = candidates.find(block => !taken.check(`${block}.0.1`) && !nets.has(block))
  if (free === undefined)
    throw new Error(`no private network is free: ${candidates[0]} to ${candidates.at(-1)} have routes`)
  return free
}

const routesWithin = (routes: string) =>
  new Set(
    routes
      .split('\n')
      .slice(1)
      .map(line =>
        parse(line.split('\t')[1] ?? '')
          .slice(0, 2)
          .join('.'),
      ),
  )

/** The kernel prints an address as one hexadecimal number in the byte order of the machine, which is little-endian here. */
const parse = (hex: string): Buffer => Buffer.from(hex, 'hex').reverse()

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
