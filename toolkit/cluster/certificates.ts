import { generateKeyPairSync, type webcrypto } from 'node:crypto'
import { addresses, nodeName } from './addresses.ts'

/** PEM texts by the names of their files. */
export type Pki = Record<string, string>

type Leaf = { common: string; organization?: string; server?: readonly string[]; client: boolean }

/** Who is who: the API server takes the common name for the user and the organization for the group. */
const leaves: Record<string, Leaf> = {
  apiserver: {
    common: 'kube-apiserver',
    client: false,
    server: [
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'],
      ...['localhost', addresses.api, addresses.node, '127.0.0.1'],
    ],
  },
  'apiserver-kubelet': { common: 'kube-apiserver', client: true },
  kubelet: {
    common: `system:node:${nodeName}`,
    organization: 'system:nodes',
    client: true,
    server: [nodeName, addresses.node],
  },
  admin: { common: 'fairlead-admin', organization: 'system:masters', client: true },
  'controller-manager': { common: 'system:kube-controller-manager', client: true },
  scheduler: { common: 'system:kube-scheduler', client: true },
  proxy: { common: 'system:kube-proxy', client: true },
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
// Extended key usages, RFC 5280 section 4.2.1.12.
const SERVER = '1.3.6.1.5.5.7.3.1'
const CLIENT = '1.3.6.1.5.5.7.3.2'

/** One authority, whose key is kept because the controller manager signs with it, and a certificate for each program. */
export async function createPki(): Promise<Pki> {
  const x509 = await loadX509()
  const keys = await createKeys()
  const times = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + 30 * DAY_MS) }
  const pem = async (key: webcrypto.CryptoKey) =>
    x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=cluster-ca',
    keys,
    ...times,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  })
  const pki: Pki = { 'ca.crt': root.toString('pem'), 'ca.key': await pem(keys.privateKey) }
  for (const [file, { common, organization, server = [], client }] of Object.entries(leaves)) {
    const own = await createKeys()
    const names = server.map(value => ({ type: /^[\d.]+$/.test(value) ? ('ip' as const) : ('dns' as const), value }))
    const certificate = await x509.X509CertificateGenerator.create({
      subject: [{ CN: [common] }, ...(organization ? [{ O: [organization] }] : [])],
      issuer: root.subject,
      ...times,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.ExtendedKeyUsageExtension([...(names.length > 0 ? [SERVER] : []), ...(client ? [CLIENT] : [])]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    })
    pki[`${file}.crt`] = certificate.toString('pem')
    pki[`${file}.key`] = await pem(own.privateKey)
  }
  const accounts = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { ...pki, 'accounts.key': accounts.privateKey, 'accounts.pub': accounts.publicKey }
}

const createKeys = () => crypto.subtle.generateKey({ ...algorithm }, true, ['sign', 'verify'])

async function loadX509() {
  // Its dependency tsyringe asks for the package reflect-metadata, but only constructors with parameters would use it.
  Object.assign(Reflect, { getMetadata: () => {}, getOwnMetadata: () => {}, defineMetadata: () => {} })
  return await import('@peculiar/x509')
}
