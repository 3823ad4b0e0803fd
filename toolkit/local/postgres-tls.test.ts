import assert from 'node:assert/strict'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Client } from 'pg'
import postgres from 'postgres'
import { type PostgresAddress, parsePostgresUrl, toPg, toPostgresJs } from '../../lib/postgres-url.ts'
import { databaseUser } from './database-user.ts'
import { temporaryPostgres } from './temporary-postgres.ts'

// Its dependency tsyringe asks for the package reflect-metadata, but only constructors with parameters would use it.
Object.assign(Reflect, { getMetadata: () => {}, getOwnMetadata: () => {}, defineMetadata: () => {} })
const x509 = await import('@peculiar/x509')

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const createKeys = () => crypto.subtle.generateKey({ ...algorithm }, true, ['sign', 'verify'])

async function createAuthority(name: string) {
  const keys = await createKeys()
  const extensions = [new x509.BasicConstraintsExtension(true, undefined, true)]
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: `CN=${name}`, keys, extensions })
  return { keys, certificate, pem: certificate.toString('pem') }
}

async function createServerCertificate({ keys, certificate }: Awaited<ReturnType<typeof createAuthority>>) {
  const own = await createKeys()
  const names = new x509.SubjectAlternativeNameExtension([
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ])
  const signed = await x509.X509CertificateGenerator.create({
    subject: 'CN=server',
    issuer: certificate.subject,
    publicKey: own.publicKey,
    signingKey: keys.privateKey,
    extensions: [names],
  })
  const key = await crypto.subtle.exportKey('pkcs8', own.privateKey)
  return { certificate: signed.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') }
}

const folder = await mkdtemp('/tmp/postgres-tls-') // TMPDIR may be closed to the database user
after(() => rm(folder, { recursive: true }))
const user = databaseUser('/nonexistent')
/** Postgres refuses a key that others can read. */
async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text, { mode: 0o600 })
  if (user) await chown(path, user.uid, user.gid)
  return path
}

const authority = await createAuthority('ours')
const { certificate, key } = await createServerCertificate(authority)
const caFile = await write('ca.pem', authority.pem)
const otherCaFile = await write('other.pem', (await createAuthority('other')).pem)
const ssl = { certFile: await write('server.pem', certificate), keyFile: await write('server.key', key) }
if (user) await chown(folder, user.uid, user.gid)

const server = await temporaryPostgres({ ssl, settings: { listen_addresses: '127.0.0.1,127.0.0.2' } })
after(() => server.stop())
const plainServer = await temporaryPostgres()
after(() => plainServer.stop())

const query = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'

/** Whether the connection uses TLS, as the server sees it. */
const clients: Record<string, (address: PostgresAddress) => Promise<boolean>> = {
  async pg(address) {
    const client = new Client(toPg(address))
    try {
      await client.connect()
      return (await client.query<{ ssl: boolean }>(query)).rows[0]?.ssl === true
    } finally {
      await client.end()
    }
  },
  async 'postgres.js'(address) {
    const options = { ...toPostgresJs(address), max: 1 }
    const sql = postgres(options as object) // its types know one host, its code and documentation a list
    try {
      return (await sql.unsafe<{ ssl: boolean }[]>(query))[0]?.ssl === true
    } finally {
      await sql.end({ timeout: 0 })
    }
  },
}

/** plain or TLS; or which check failed, by the codes of Node's tls. */
async function outcomeOf(usesTls: Promise<boolean>): Promise<string> {
  try {
    return (await usesTls) ? 'TLS' : 'plain'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') return 'wrong chain'
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'wrong name'
    throw error
  }
}

const right = ['localhost', '127.0.0.1']
const wrong = ['127.0.0.2']
const rules: [sslmode: string, ca: string, hosts: string[], expected: string][] = [
  ['disable', 'none', [...right, ...wrong], 'plain'],
  ['disable', 'ours', right, 'plain'],
  ['require', 'none', [...right, ...wrong], 'TLS'],
  ['require', 'ours', [...right, ...wrong], 'TLS'],
  ['require', 'other', right, 'wrong chain'],
  ['verify-ca', 'ours', [...right, ...wrong], 'TLS'],
  ['verify-ca', 'other', right, 'wrong chain'],
  ['verify-full', 'ours', right, 'TLS'],
  ['verify-full', 'ours', wrong, 'wrong name'],
  ['verify-full', 'other', right, 'wrong chain'],
  ['verify-full', 'none', right, 'wrong chain'],
]
const caFiles: Record<string, string> = { ours: caFile, other: otherCaFile }
const urlTo = (to: string, host: string, sslmode: string) => {
  const url = new URL(to)
  url.hostname = host
  url.searchParams.set('sslmode', sslmode)
  return url.href
}

for (const [sslmode, ca, hosts, expected] of rules) {
  for (const host of hosts) {
    for (const [name, connectTo] of Object.entries(clients)) {
      test(`${name}, sslmode=${sslmode}, CA file ${ca}, host ${host}: ${expected}`, async () => {
        const address = parsePostgresUrl(urlTo(server.url, host, sslmode), caFiles[ca])
        assert.equal(await outcomeOf(connectTo(address)), expected)
      })
    }
  }
}

for (const [name, connectTo] of Object.entries(clients)) {
  test(`${name} refuses a server without TLS when it is required`, async () => {
    await assert.rejects(connectTo(parsePostgresUrl(urlTo(plainServer.url, '127.0.0.1', 'require'))))
  })
}
