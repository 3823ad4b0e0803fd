import { readCertificates, type TlsOptions, tlsOptions } from './postgres-tls.ts'

/** One meaning for both clients: every option is explicit, so that neither consults PG* variables or its own rules. */
export type PostgresAddress = {
  /** A name, an IP address, or the folder of a unix socket. */
  host: string
  port: number
  database: string
  user: string
  /** A function, so that printing an address never shows it; empty when the URL has none. */
  password: () => string
  ssl: false | TlsOptions
  applicationName?: string
}

// Stricter than libpq in one point: `@` stands once. Two of them mean that a password was not percent-encoded, and
// a guess where it ends could put a piece of it into an error message.
const shape =
  /^postgres(?:ql)?:\/\/(?:(?<credentials>[^@/?#]*)@)?(?<host>\[[\da-f:.]+\]|[^@:/?#[\]]*)(?::(?<port>\d+))?(?:\/(?<database>[^@/?#]*))?(?:\?(?<query>[^@#]*))?$/i
const parameters = ['application_name', 'host', 'sslmode', 'sslrootcert']

/**
 * Reads a Postgres URL; `caFile` is DATABASE_CA_FILE. Without `sslmode`: `verify-full`, except for a loopback host or
 * a unix socket without a CA file, which means `disable`. No error shows the URL or any part of the password.
 */
export function parsePostgresUrl(url: string, caFile?: string): PostgresAddress {
  const parts = shape.exec(url)?.groups
  if (parts === undefined) {
    throw new Error(
      'expected postgres://user:password@host:port/database with @ : / ? # % percent-encoded inside user and password; the value is not shown',
    )
  }
  const [user = '', ...password] = (parts.credentials ?? '').split(':')
  const query = parseQuery(parts.query ?? '')
  const host = hostOf(decode(parts.host ?? '', 'the host'), query.get('host'))
  const ca = caOf(query.get('sslrootcert'), caFile)
  const applicationName = query.get('application_name')
  return {
    host,
    port: portOf(parts.port),
    database: required(decode(parts.database ?? '', 'the database'), 'database'),
    user: required(decode(user, 'the user'), 'user'),
    password: constant(decode(password.join(':'), 'the password')),
    ssl: tlsOptions(query.get('sslmode'), host, ca),
    ...(applicationName !== undefined && { applicationName }),
  }
}

/** `host:port/database`, for logs and messages. */
export const describePostgres = ({ host, port, database }: PostgresAddress) =>
  `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`

/** Options for `postgres` (postgres.js). */
export const toPostgresJs = (address: PostgresAddress) => ({
  // Lists, because it would split a single text at commas and colons, and so cut an IPv6 address.
  host: [address.host],
  port: [address.port],
  ...(address.host.startsWith('/') && { path: `${address.host}/.s.PGSQL.${address.port}` }),
  database: address.database,
  user: address.user,
  password: address.password,
  ssl: address.ssl,
  connection: address.applicationName === undefined ? {} : { application_name: address.applicationName },
})

/** Options for `pg`. */
export const toPg = (address: PostgresAddress) => ({
  host: address.host,
  port: address.port,
  database: address.database,
  user: address.user,
  password: address.password,
  ssl: address.ssl,
  ...(address.applicationName !== undefined && { application_name: address.applicationName }),
})

const constant = (value: string) => () => value

function parseQuery(query: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const pair of query.split('&').filter(text => text !== '')) {
    const [name = '', ...value] = pair.split('=')
    if (!parameters.includes(name)) throw new Error(`the parameter "${name}" is not one of ${parameters.join(', ')}`)
    if (values.has(name)) throw new Error(`the parameter "${name}" stands twice`)
    values.set(name, required(decode(value.join('='), `the parameter "${name}"`), `value for the parameter "${name}"`))
  }
  return values
}

function hostOf(host: string, socketFolder: string | undefined): string {
  if (socketFolder !== undefined && !socketFolder.startsWith('/')) {
    throw new Error(`the parameter "host" names the folder of a unix socket and starts with /, got "${socketFolder}"`)
  }
  if (socketFolder !== undefined && host !== '') throw new Error('a host and the parameter "host" exclude each other')
  if (host.includes(',')) throw new Error('expected one host, got a list')
  return required(socketFolder ?? host.replace(/^\[|\]$/g, ''), 'host')
}

function portOf(text = '5432'): number {
  const port = Number(text)
  if (port < 1 || port > 65_535) throw new Error(`the port is a number from 1 to 65535, got "${text}"`)
  return port
}

function caOf(inUrl: string | undefined, caFile: string | undefined): string | undefined {
  if (inUrl !== undefined && caFile !== undefined && inUrl !== caFile) {
    throw new Error(`sslrootcert and DATABASE_CA_FILE differ ("${inUrl}" and "${caFile}"); keep one of them`)
  }
  const file = caFile ?? inUrl
  return file === undefined ? undefined : readCertificates(file)
}

function required(value: string, what: string): string {
  if (value === '') throw new Error(`names no ${what}; expected postgres://user:password@host:port/database`)
  return value
}

function decode(text: string, what: string): string {
  try {
    const value = decodeURIComponent(text)
    if (!/\p{Cc}/u.test(value)) return value
  } catch {
    // Said below, without the text: it may be the password.
  }
  throw new Error(`${what} has a broken percent-encoding (a percent sign itself is written %25)`)
}
