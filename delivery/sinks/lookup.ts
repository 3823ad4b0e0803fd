import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import type { AddressGuard } from './address.ts'

export type Resolve = (host: string) => Promise<LookupAddress[]>

/** Through the system, so that /etc/hosts and search domains count. */
export const resolveHost: Resolve = host => lookup(host, { all: true })

/** No address of the host may be dialled. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress'
}

/**
 * The `lookup` of a socket: it runs before every dial, so a name that answered with a public address once gets no
 * further when it answers with a private one. Only addresses that pass are handed on.
 */
export function createLookup(guard: AddressGuard, resolve: Resolve): LookupFunction {
  // One at a time per host: the system's resolver has four threads for the whole process, and a dead name server holds them.
  const underway = new Map<string, Promise<LookupAddress[]>>()
  const resolveOnce = (host: string) => {
    const running = underway.get(host) ?? resolve(host).finally(() => underway.delete(host))
    underway.set(host, running)
    return running
  }
  return (host, options, callback) => {
    resolveOnce(host).then(
      addresses => {
        const [first, ...rest] = addresses.filter(({ address }) => guard(address) === undefined)
        if (first === undefined) process.nextTick(callback, blocked(host, addresses, guard), [])
        else if (options.all) process.nextTick(callback, null, [first, ...rest])
        else process.nextTick(callback, null, first.address, first.family)
      },
      (error: unknown) => process.nextTick(callback, error, []),
    )
  }
}

function blocked(host: string, addresses: readonly LookupAddress[], guard: AddressGuard) {
  const [first] = addresses
  if (first === undefined) return new BlockedAddress(`${host} has no address`)
  return new BlockedAddress(`${host} is ${first.address}: ${guard(first.address)}`)
}
