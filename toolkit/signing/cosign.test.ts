import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotRun } from '../not-run.ts'
import { cosignEnvironment, createCosign } from './cosign.ts'
import { readStatements } from './statement.ts'
import { trustOptions } from './trust.ts'

test('no variable by which cosign takes options or roots of trust reaches it', () => {
  const foreign = {
    COSIGN_KEY: 'k',
    COSIGN_INSECURE_IGNORE_TLOG: 'true',
    COSIGN_REPOSITORY: 'r',
    SIGSTORE_ROOT_FILE: 'f',
    TUF_ROOT_JSON: 't',
  }
  const ours = { PATH: '/bin', DOCKER_CONFIG: '/d', ACTIONS_ID_TOKEN_REQUEST_URL: 'u', HTTPS_PROXY: 'p' }
  assert.deepEqual(cosignEnvironment({ ...foreign, ...ours }), ours)
})

test('without Go to build it with, cosign cannot be had, which is not a failure', async t => {
  const context = {
    root: process.cwd(),
    env: { PATH: '/nonexistent' },
    signal: t.signal,
    hurry: t.signal,
    print: () => {},
  }
  await assert.rejects(
    createCosign(context),
    error => error instanceof NotRun && /^there is no cosign: install Go/.test(error.message),
  )
})

const authority = { certificateAuthorities: [{}] }
const roots: [what: string, root: object, options: string[]][] = [
  ['an authority alone', authority, ['--insecure-ignore-tlog', '--insecure-ignore-sct']],
  ['every log', { ...authority, tlogs: [{}], ctlogs: [{}] }, []],
  ['a log of signatures', { ...authority, tlogs: [{}] }, ['--insecure-ignore-sct']],
  [
    'time stamps',
    { ...authority, ctlogs: [{}], timestampAuthorities: [{}] },
    ['--insecure-ignore-tlog', '--use-signed-timestamps'],
  ],
]
for (const [what, root, options] of roots) {
  test(`of a Sigstore with ${what} all that it has is demanded`, () =>
    assert.deepEqual(trustOptions(JSON.stringify(root)), options))
}

test('a trusted root without an authority is refused', () => {
  for (const text of ['{}', '{"certificateAuthorities":[]}'])
    assert.throws(() => trustOptions(text), /one certificate authority at least/)
})

const digest = `sha256:${'0a'.repeat(32)}`
const envelope = (predicateType: string, sha256: string) => {
  const statement = { predicateType, subject: [{ digest: { sha256 } }], predicate: { a: 1 } }
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64')
  return JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload })
}

test('statements of another type or about another digest do not count', () => {
  const lines = [
    '',
    'a line for people',
    envelope('t', '0a'.repeat(32)),
    envelope('u', '0a'.repeat(32)),
    envelope('t', '0b'.repeat(32)),
  ]
  assert.deepEqual(
    readStatements(lines.join('\n'), 't', digest).map(({ predicate }) => predicate),
    [{ a: 1 }],
  )
})

test('an envelope of another kind is an error, not nothing', () => {
  assert.throws(() => readStatements('{"payloadType":"text/plain","payload":""}', 't', digest))
})
