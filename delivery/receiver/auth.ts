import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { bearerOf } from '../../lib/bearer.ts'

/** What a source may show; any one of those that are set opens it. Several of a kind are one that is being replaced. */
export type Credentials = {
  token?: Several | undefined
  /** Key of `X-Signature`. */
  hmacKey?: Several | undefined
  username?: string | undefined
  password?: Several | undefined
}
type Several = string | readonly string[]

export type Verdict = 'accepted' | 'missing' | 'refused'
/** A signature can be judged only when the whole body is there. */
export type Credited = Verdict | { byBody: (body: Uint8Array) => Verdict }

/** Throws when there is nothing to show: such a source would be open or dead. */
export function createAuth(credentials: Credentials) {
  const { username } = credentials
  const hmacKeys = listOf(credentials.hmacKey)
  const bearers = listOf(credentials.token).map(bearerOf)
  const basics =
    username === undefined ? [] : listOf(credentials.password).map(password => basicOf(`${username}:${password}`))
  if (bearers.length + hmacKeys.length + basics.length === 0)
    throw new Error('expected a token, an HMAC key, or a user name with its password; without one anybody could send')
  return {
    challenge: [bearers.length > 0 && 'Bearer', basics.length > 0 && 'Basic realm="fairlead"']
      .filter(Boolean)
      .join(', '),
    judge(authorization: string | undefined, signature: string | undefined): Credited {
      if (any([...bearers, ...basics], fits => fits(authorization))) return 'accepted'
      if (hmacKeys.length > 0 && signature)
        return { byBody: body => (any(hmacKeys, key => isSigned(signature, key, body)) ? 'accepted' : 'refused') }
      return authorization || signature ? 'refused' : 'missing'
    },
  }
}

const listOf = (value: Several | undefined): readonly string[] => (typeof value === 'string' ? [value] : (value ?? []))

/** Unlike `some` it asks each of them, so that the time does not tell which one fits. */
const any = <T>(each: readonly T[], fits: (one: T) => boolean) => each.map(one => fits(one)).includes(true)

export type Auth = ReturnType<typeof createAuth>

/** Flux signs with sha256 and says that this may change. */
export const signatureHashes = ['sha224', 'sha256', 'sha384', 'sha512'] as const

/** Over the raw bytes: Go escapes <, > and &, so that the same JSON written again would have another signature. */
export function isSigned(signature: string, key: string, body: Uint8Array): boolean {
  const [, hash, hex] = /^(\w+)=([0-9a-f]+)$/i.exec(signature.trim()) ?? []
  const known = signatureHashes.find(each => each === hash)
  if (known === undefined || hex === undefined) return false
  const given = Buffer.from(hex, 'hex')
  const expected = createHmac(known, key).update(body).digest()
  return given.length === expected.length && hex.length === 2 * given.length && timingSafeEqual(given, expected)
}

function basicOf(expected: string): (header: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const wanted = digest(expected)
  return header => {
    const given = /^Basic +([\w+/=-]+) *$/i.exec(header ?? '')?.[1]
    return given !== undefined && timingSafeEqual(digest(Buffer.from(given, 'base64').toString('utf8')), wanted)
  }
}
