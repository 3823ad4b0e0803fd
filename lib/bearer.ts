import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether an Authorization header carries this token; without a token nothing does. */
export function bearerOf(token: string | undefined): (header: string | undefined) => boolean {
  const expected = token === undefined ? undefined : digest(token)
  return header => {
    const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1]
    return expected !== undefined && given !== undefined && timingSafeEqual(digest(given), expected)
  }
}

/** Digests have one length, which timingSafeEqual needs, and tell nothing about the token's. */
const digest = (text: string) => createHash('sha256').update(text).digest()
