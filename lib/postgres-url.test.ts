import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type PeerCertificate, rootCertificates } from 'node:tls'
import { inspect } from 'node:util'
import { describePostgres, parsePostgresUrl, toPg, toPostgresJs } from './postgres-url.ts'

const folder = mkdtempSync(join(tmpdir(), 'postgres-url-'))
after(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const caFile = file('ca.pem', rootCertificates[0] ?? '')
const otherCaFile = file('other.pem', rootCertificates[1] ?? '')

// The names of tests are output too, which is searched for secrets.
const shown = (url: string) => url.replaceAll('s3cr3t', 'secret')

const parts = (url: string) => {
  const { host, port, database, user, password, applicationName } = parsePostgresUrl(url)
  return [host, port, database, user, password(), applicationName]
}

const addresses: [url: string, expected: unknown[]][] = [
  ['postgres://u:s3cr3t-p@db:6432/shop', ['db', 6432, 'shop', 'u', 's3cr3t-p', undefined]],
  ['postgresql://u@db/shop', ['db', 5432, 'shop', 'u', '', undefined]],
  ['POSTGRES://u@db/shop?', ['db', 5432, 'shop', 'u', '', undefined]],
  ['postgres://u%40x:s3cr3t-%40%3A%2F%3F%23%25@db/a%20b', ['db', 5432, 'a b', 'u@x', 's3cr3t-@:/?#%', undefined]],
  ['postgres://u:s3cr3t-a:b@db/shop', ['db', 5432, 'shop', 'u', 's3cr3t-a:b', undefined]],
  ['postgres://u:s3cr3t-a+b@db/shop', ['db', 5432, 'shop', 'u', 's3cr3t-a+b', undefined]],
  ['postgres://u@[::1]:5433/shop', ['::1', 5433, 'shop', 'u', '', undefined]],
  ['postgres://u@[2001:db8::7]/shop', ['2001:db8::7', 5432, 'shop', 'u', '', undefined]],
  ['postgres://u:s3cr3t-p@/shop?host=/run/pg', ['/run/pg', 5432, 'shop', 'u', 's3cr3t-p', undefined]],
  ['postgres://u@:5433/shop?host=%2Frun%2Fpg', ['/run/pg', 5433, 'shop', 'u', '', undefined]],
  ['postgres://u@%2Frun%2Fpg/shop', ['/run/pg', 5432, 'shop', 'u', '', undefined]],
  ['postgres://u@db/shop?application_name=a%26b', ['db', 5432, 'shop', 'u', '', 'a&b']],
]
for (const [url, expected] of addresses) {
  test(`${shown(url)} is read`, () => assert.deepEqual(parts(url), expected))
}

test('a description has no password', () => {
  assert.equal(describePostgres(parsePostgresUrl('postgres://u:s3cr3t-p@[::1]/shop')), '[::1]:5432/shop')
})

const refused: [url: string, message: RegExp][] = [
  ['mysql://u:s3cr3t-p@db/shop', /expected postgres:\/\/user/],
  ['s3cr3t-p', /expected postgres:\/\/user/],
  ['postgres://u:s3cr3t-p@ss@db/shop', /percent-encoded/],
  ['postgres://u:s3cr3t-p/ss@db/shop', /percent-encoded/],
  ['postgres://u:s3cr3t-p?ss@db/shop', /percent-encoded/],
  ['postgres://u:s3cr3t-p#ss@db/shop', /percent-encoded/],
  ['postgres://u:1?s3cr3t-p=1@db/shop', /percent-encoded/],
  ['postgres://u:s3cr3t-%zz@db/shop', /^the password has a broken percent-encoding/],
  ['postgres://u:s3cr3t-%00@db/shop', /^the password has a broken percent-encoding/],
  ['postgres://db/shop', /^names no user/],
  ['postgres://:s3cr3t-p@db/shop', /^names no user/],
  ['postgres://u:s3cr3t-p@db', /^names no database/],
  ['postgres://u:s3cr3t-p@/shop', /^names no host/],
  ['postgres://u:s3cr3t-p@db:0/shop', /port is a number from 1 to 65535, got "0"/],
  ['postgres://u:s3cr3t-p@db:65536/shop', /got "65536"/],
  ['postgres://u:s3cr3t-p@a,b/shop', /expected one host/],
  ['postgres://u:s3cr3t-p@db/shop?host=/run', /exclude each other/],
  ['postgres://u:s3cr3t-p@/shop?host=db', /folder of a unix socket/],
  [
    'postgres://u:s3cr3t-p@db/shop?connect_timeout=1',
    /"connect_timeout" is not one of application_name, host, sslmode, sslrootcert/,
  ],
  ['postgres://u:s3cr3t-p@db/shop?sslmode=require&sslmode=disable', /"sslmode" stands twice/],
  ['postgres://u:s3cr3t-p@db/shop?sslmode=', /names no value for the parameter "sslmode"/],
  ...['prefer', 'allow', 'no-verify', 'VERIFY-FULL'].map((mode): [string, RegExp] => [
    `postgres://u:s3cr3t-p@db/shop?sslmode=${mode}`,
    new RegExp(`sslmode is one of disable, require, verify-ca, verify-full; "${mode}"`),
  ]),
  ['postgres://u:s3cr3t-p@db/shop?sslmode=verify-ca', /verify-ca needs DATABASE_CA_FILE/],
  ['postgres://u:s3cr3t-p@/shop?host=/run&sslmode=require', /no TLS on a unix socket/],
]
for (const [url, message] of refused) {
  test(`${shown(url)} is refused without showing the password`, () => {
    assert.throws(
      () => parsePostgresUrl(url),
      (error: Error) => message.test(error.message) && !inspect(error).includes('s3cr3t-'),
    )
  })
}

const kinds: [query: string, host: string, ca: string | undefined, expected: string][] = [
  ['', 'localhost', undefined, 'plain'],
  ['', '127.8.0.1', undefined, 'plain'],
  ['', '[::1]', undefined, 'plain'],
  ['', '%2Frun', undefined, 'plain'],
  ['', '%2Frun', caFile, 'plain'],
  ['', 'localhost', caFile, 'chain and name'],
  ['', 'db', undefined, 'chain and name'],
  ['', 'localhost.example', undefined, 'chain and name'],
  ['', '128.0.0.1', undefined, 'chain and name'],
  ['?sslmode=disable', 'db', caFile, 'plain'],
  ['?sslmode=require', 'localhost', undefined, 'unverified'],
  ['?sslmode=require', 'db', caFile, 'chain'],
  ['?sslmode=verify-ca', 'db', caFile, 'chain'],
  ['?sslmode=verify-full', 'localhost', undefined, 'chain and name'],
]
for (const [query, host, ca, expected] of kinds) {
  test(`${host}${query} ${ca ? 'with' : 'without'} a CA file means ${expected}`, () => {
    const { ssl } = parsePostgresUrl(`postgres://u@${host}/shop${query}`, ca)
    // An empty certificate names nobody: only a check of the name finds fault with it.
    const checksName = ssl !== false && ssl.checkServerIdentity('', { subject: {} } as PeerCertificate)
    const kind = !ssl ? 'plain' : !ssl.rejectUnauthorized ? 'unverified' : checksName ? 'chain and name' : 'chain'
    assert.equal(kind, expected)
    if (ssl !== false) assert.equal(ssl.ca, ca === undefined ? undefined : rootCertificates[0])
  })
}

test('sslrootcert names the CA file as DATABASE_CA_FILE does, and both may agree but not differ', () => {
  const url = `postgres://u@db/shop?sslrootcert=${encodeURIComponent(caFile)}`
  for (const address of [parsePostgresUrl(url), parsePostgresUrl(url, caFile)]) {
    assert.equal(address.ssl !== false && address.ssl.ca, rootCertificates[0])
  }
  assert.throws(() => parsePostgresUrl(url, otherCaFile), /sslrootcert and DATABASE_CA_FILE differ/)
})

const badFiles: [what: string, path: string, message: RegExp][] = [
  ['missing', join(folder, 'none.pem'), /cannot read the CA file ".*none\.pem" \(ENOENT\)/],
  ['a folder', folder, /cannot read the CA file ".*" \(EISDIR\)/],
  ['not PEM', file('text.pem', 'hello'), /holds no PEM certificate/],
  [
    'a broken certificate',
    file('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    /holds a certificate that cannot be read/,
  ],
]
for (const [what, path, message] of badFiles) {
  test(`a CA file that is ${what} is refused`, () => {
    assert.throws(() => parsePostgresUrl('postgres://u@db/shop', path), message)
  })
}

test('an address that is printed, or what a client gets, shows no password', () => {
  const address = parsePostgresUrl('postgres://u:s3cr3t-p@db/shop')
  for (const value of [address, toPg(address), toPostgresJs(address)]) {
    assert.equal(`${inspect(value, { depth: 9 })}${JSON.stringify(value)}`.includes('s3cr3t-'), false)
  }
})

test('postgres.js gets an IPv6 address whole and a unix socket as a path', () => {
  assert.deepEqual(toPostgresJs(parsePostgresUrl('postgres://u@[::1]/shop')).host, ['::1'])
  assert.equal(toPostgresJs(parsePostgresUrl('postgres://u@:5433/shop?host=/run/pg')).path, '/run/pg/.s.PGSQL.5433')
})
