import { isIP } from 'node:net'

/** Where a sink sends to, in the parts that node:http takes. */
export type Target = {
  isSecure: boolean
  /** Without brackets; a number in any spelling has become an address in the usual one. */
  host: string
  /** The host when it is an address and not a name. */
  address?: string
  port: number
  path: string
  /** The name in the certificate and the Host header: without the dot that ends a complete name. */
  name: string
}

/** The parser of URLs that checks is the one that dials: what one of them reads, the other does. Throws a sentence without the URL, which may hold a secret. */
export function parseTarget(text: string): Target {
  if (text === '') throw new Error('url: is missing')
  // The parser would drop or turn these silently.
  if (/[\s\\\p{Cc}]/u.test(text)) throw new Error('url: holds white space, a control character or a backslash')
  if (!URL.canParse(text)) throw new Error('url: is no URL; expected https://host/path')
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol)) throw new Error(`url: expected http:// or https://, got ${url.protocol}//`)
  if (url.username !== '' || url.password !== '' || /^https?:\/*[^/?#]*@/i.test(text)) {
    throw new Error('url: holds a user or a password; use a token or headers instead')
  }
  const isSecure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    isSecure,
    host,
    ...(isIP(host) !== 0 && { address: host }),
    port: Number(url.port) || (isSecure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    name: host.replace(/\.$/, ''),
  }
}
