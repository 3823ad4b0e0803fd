import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { createPki } from './certificates.ts'
import { kubeconfigOf } from './kubeconfig.ts'

const pki = await createPki()
const read = (name: string) => new X509Certificate(pki[`${name}.crt`] ?? '')
const ca = read('ca')

const subjects: [file: string, subject: string, usage: string[]][] = [
  ['apiserver', 'CN=kube-apiserver', ['1.3.6.1.5.5.7.3.1']],
  ['apiserver-kubelet', 'CN=kube-apiserver', ['1.3.6.1.5.5.7.3.2']],
  ['kubelet', 'CN=system:node:node-1\nO=system:nodes', ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']],
  ['admin', 'CN=fairlead-admin\nO=system:masters', ['1.3.6.1.5.5.7.3.2']],
  ['controller-manager', 'CN=system:kube-controller-manager', ['1.3.6.1.5.5.7.3.2']],
  ['scheduler', 'CN=system:kube-scheduler', ['1.3.6.1.5.5.7.3.2']],
  ['proxy', 'CN=system:kube-proxy', ['1.3.6.1.5.5.7.3.2']],
]

for (const [file, subject, usage] of subjects) {
  test(`${file}.crt names its user and what it is for, and the authority signed it`, () => {
    const certificate = read(file)
    assert.equal(certificate.subject, subject)
    assert.deepEqual(certificate.keyUsage, usage)
    assert.ok(certificate.verify(ca.publicKey))
    assert.ok(certificate.checkPrivateKey(createPrivateKey(pki[`${file}.key`] ?? '')))
    assert.ok(new Date(certificate.validTo) > new Date())
  })
}

test('the authority may sign', () => {
  assert.equal(ca.ca, true)
  assert.ok(ca.checkPrivateKey(createPrivateKey(pki['ca.key'] ?? '')))
})

test('the API server is who it is called, by name and by address', () => {
  const certificate = read('apiserver')
  for (const name of ['kubernetes.default.svc', 'localhost']) assert.equal(certificate.checkHost(name), name)
  for (const address of ['10.96.0.1', '10.197.0.2', '127.0.0.1']) assert.equal(certificate.checkIP(address), address)
  assert.equal(certificate.checkHost('example.com'), undefined)
})

test('tokens of service accounts are signed with one key and verified with the other', () => {
  const signature = sign('sha256', Buffer.from('a token'), createPrivateKey(pki['accounts.key'] ?? ''))
  assert.ok(verify('sha256', Buffer.from('a token'), createPublicKey(pki['accounts.pub'] ?? ''), signature))
})

test('a kubeconfig holds all it takes, and no file of its own', () => {
  const config = JSON.parse(kubeconfigOf('admin', pki))
  const text = (base64: string) => Buffer.from(base64, 'base64').toString()
  assert.equal(config['current-context'], config.contexts[0].name)
  assert.equal(config.clusters[0].cluster.server, 'https://10.197.0.2:6443')
  assert.equal(text(config.clusters[0].cluster['certificate-authority-data']), pki['ca.crt'])
  assert.equal(text(config.users[0].user['client-certificate-data']), pki['admin.crt'])
  assert.equal(text(config.users[0].user['client-key-data']), pki['admin.key'])
})
