import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain, signerIn } from './complaint.ts'

const wrongSubject =
  'failed to verify certificate identity: no matching CertificateIdentity found, last error: expected SAN value to match regex "^a$", got "https://b"'

const said: [stderr: string, sentence: string][] = [
  [
    `Error: no matching attestations: ${wrongSubject}\nsignature time outside of public key validity window`,
    'it is signed by https://b',
  ],
  [
    'last error: expected issuer value to match regex "^a$", got "https://b"',
    'its certificate was asked for with an identity of https://b',
  ],
  [
    'last error: expected GithubWorkflowTrigger to be "push", got "schedule"',
    'it is signed on the event schedule, not push',
  ],
  [
    'Error: provided artifact digest does not match any digest in statement',
    'its signature is about another digest, and was copied here',
  ],
  ['Error: accepted signatures do not match threshold, Found: 0, Expected 1', 'it is signed with another key'],
  ['Error: none of the attestations matched the predicate type: a, found: b', 'it has signatures, but not this one'],
  ['Error: no signatures found\n', 'it is not signed'],
  [
    'Error: reading key: decrypt: encrypted: decryption failed',
    'COSIGN_PASSWORD is not the password of COSIGN_PRIVATE_KEY',
  ],
  ['dial tcp 127.0.0.1:1: connect: connection refused', 'no connection (connection refused)'],
  [
    'GET https://x: UNAUTHORIZED: authentication required',
    'the registry refuses us; log in with docker login, or check REGISTRY_USER and REGISTRY_PASSWORD',
  ],
  ['WARNING: x\nError: something new\nerror during command execution: something new', 'something new'],
  ['something without a form', 'cosign said: something without a form'],
]
for (const [stderr, sentence] of said) test(sentence, () => assert.equal(explain({ stderr }), sentence))

test('the signer is told only where cosign found the certificate genuine', () => {
  assert.equal(signerIn({ stderr: wrongSubject }), 'https://b')
  assert.equal(signerIn({ stderr: 'failed to verify leaf certificate' }), undefined)
})
