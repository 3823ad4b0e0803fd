/** A certificate with its key, as node:tls takes them. */
export type Identity = { cert: string; key: string }

export type Authority = {
  /** What a client trusts. */
  ca: string
  issue(names: readonly string[], options?: { notAfter?: Date }): Promise<Identity>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000

/** A certificate authority of its own, known to nobody. */
export async function createAuthority(): Promise<Authority> {
  const x509 = await loadX509()
  const keys = await createKeys()
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Authority of a test',
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  })
  return {
    ca: root.toString('pem'),
    async issue(names, { notAfter = new Date(Date.now() + DAY) } = {}) {
      const own = await createKeys()
      const types = names.map(value => ({ type: /^[\d.]+$/.test(value) ? ('ip' as const) : ('dns' as const), value }))
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0]}`,
        issuer: root.subject,
        notBefore: new Date(Date.now() - 2 * DAY),
        notAfter,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [new x509.SubjectAlternativeNameExtension(types)],
      })
      const key = await crypto.subtle.exportKey('pkcs8', own.privateKey)
      return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') }
    },
  }
}

const createKeys = () => crypto.subtle.generateKey({ ...algorithm }, true, ['sign', 'verify'])

async function loadX509() {
  // Its dependency tsyringe asks for the package reflect-metadata, but only constructors with parameters would use it.
  Object.assign(Reflect, { getMetadata: () => {}, getOwnMetadata: () => {}, defineMetadata: () => {} })
  return await import('@peculiar/x509')
}
