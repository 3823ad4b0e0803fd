import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/** Options of Node's tls.connect that both clients hand on as they are. */
export type TlsOptions = {
  rejectUnauthorized: boolean
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined
  /** Absent: the certificate authorities that Node trusts (NODE_EXTRA_CA_CERTS adds to them). */
  ca?: string
}

const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof modes)[number]

/** What the four modes mean, after https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
export function tlsOptions(sslmode: string | undefined, host: string, ca: string | undefined): false | TlsOptions {
  const mode = sslmode === undefined ? defaultMode(host, ca) : parseMode(sslmode)
  if (mode === 'disable') return false
  if (host.startsWith('/')) throw new Error(`sslmode=${mode} needs TCP: Postgres speaks no TLS on a unix socket`)
  if (mode === 'verify-ca' && ca === undefined) {
    // With public authorities anybody's certificate would do; libpq refuses that as "weak" too.
    throw new Error('sslmode=verify-ca needs DATABASE_CA_FILE or sslrootcert; without one use verify-full')
  }
  return {
    rejectUnauthorized: mode !== 'require' || ca !== undefined,
    // postgres.js never tells Node the address it dialled when that is an IP, so the host is bound here for both.
    checkServerIdentity: (_host, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(ca !== undefined && { ca }),
  }
}

const defaultMode = (host: string, ca: string | undefined): Mode =>
  host.startsWith('/') || (isLoopback(host) && ca === undefined) ? 'disable' : 'verify-full'

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

function parseMode(text: string): Mode {
  const mode = modes.find(known => known === text)
  if (mode === undefined) {
    throw new Error(
      `sslmode is one of ${modes.join(', ')}; "${text}" means different things to different clients or is unknown`,
    )
  }
  return mode
}

/** The text of a PEM file of one or more certificates, each of which Node can read. */
export function readCertificates(file: string): string {
  const pem = readText(file)
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (certificates.length === 0) throw new Error(`the CA file "${file}" holds no PEM certificate`)
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate)
    } catch (cause) {
      throw new Error(`the CA file "${file}" holds a certificate that cannot be read`, { cause })
    }
  }
  return pem
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException // what node:fs throws
    throw new Error(`cannot read the CA file "${file}" (${code})`, { cause })
  }
}
