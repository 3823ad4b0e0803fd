import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { bearerOf } from '../../lib/bearer.ts'

/** What a source may show; any one of those that are set opens it. */
export type Credentials = {
  token?: string | undefined
  /** Key of `X-Signature`. */
  hmacKey?: string | undefined
  username?: string | undefined
  password?: string | undefined
}

export type Verdict = 'accepted' | 'missing' | 'refused'
/** A signature can be judged only when the whole body is there. */
export type Credited = Verdict | { byBody: (body: Uint8Array) => Verdict }

/** Throws when there is nothing to show: such a source would be open or dead. */
export function createAuth(credentials: Credentials) {
  const { token, hmacKey, username, password } = credentials
  const basic = username !== undefined && password !== undefined
  if (token === undefined && hmacKey === undefined && !basic)
    throw new Error('expected a token, an HMAC key, or a user name with its password; without one anybody could send')
  const isBearer = bearerOf(token)
  const isBasic = basicOf(basic ? `${username}:${password}` : undefined)
  return {
    challenge: [token !== undefined && 'Bearer', basic && 'Basic realm="fairlead"'].filter(Boolean).join(', '),
    judge(authorization: string | undefined, signature: string | undefined): Credited {
      if (isBearer(authorization) || isBasic(authorization)) return 'accepted'
      if (hmacKey !== undefined && signature)
        return { byBody: body => (isSigned(signature, hmacKey, body) ? 'accepted' : 'refused') }
      return authorization || signature ? 'refused' : 'missing'
    },
  }
}

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

function basicOf(expected: string | undefined): (header: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const wanted = expected === undefined ? undefined : digest(expected)
  return header => {
    const given = /^Basic +([\w+/=-]+) *$/i.exec(header ?? '')?.[1]
    if (wanted === undefined || given === undefined) return false
    return timingSafeEqual(digest(Buffer.from(given, 'base64').toString('utf8')), wanted)
  }
}
