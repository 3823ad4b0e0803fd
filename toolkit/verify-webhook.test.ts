import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSecret, sign } from '../lib/standard-webhooks.ts'
import { UsageError } from './step.ts'
import { createFolder } from './testing/folder.ts'
import { launchCommand } from './testing/launcher.ts'
import { verifyWebhook } from './verify-webhook.ts'

const root = join(import.meta.dirname, '..')
const secretOf = (text: string) => `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`
const secret = secretOf('s3cr3t-verify-0001')
const other = secretOf('s3cr3t-verify-0002')

const body = '{"text":"<&> 🚢"}\n'
const timestamp = 1_795_000_000
const signature = sign([parseSecret(secret)], { id: 'm1', timestamp, body: Buffer.from(body) })
const headers = ['--id', 'm1', '--timestamp', String(timestamp), '--signature', signature]
const at = ['--at', new Date(timestamp * 1000 + 1000).toISOString()]

async function run(args: string[], env: NodeJS.ProcessEnv = { WEBHOOK_HMAC_SECRET: secret }) {
  const lines: string[] = []
  const { signal } = new AbortController()
  const context = { root, env, signal, hurry: signal, print: (line: string) => void lines.push(line) }
  const code = await verifyWebhook.run(args, context)
  return { code, lines }
}

async function bodyFile() {
  const folder = await createFolder()
  await writeFile(join(folder.path, 'body.json'), body)
  return { folder, file: join(folder.path, 'body.json') }
}

test('a good signature is valid, a changed body is not, an old one says its age', async () => {
  const { folder, file } = await bodyFile()
  await using _ = folder
  assert.deepEqual(await run([...headers, ...at, file]), { code: 0, lines: ['valid: 20 bytes signed as m1'] })
  const late = ['--at', new Date(timestamp * 1000 + 301_000).toISOString()]
  const { code, lines } = await run([...headers, ...late, file])
  assert.deepEqual([code, lines], [1, ['not valid: the signature is 301 s old; at most 300 s are accepted']])
  await writeFile(file, body.trimEnd())
  const because = ['not valid: no signature fits this id, timestamp, body and secret']
  assert.deepEqual(await run([...headers, ...at, file]), { code: 1, lines: because })
})

test('the secret comes from a variable, from the file it names, or from files of which one fits', async () => {
  const { folder, file } = await bodyFile()
  await using _ = folder
  const [mine, theirs] = [join(folder.path, 'mine'), join(folder.path, 'theirs')]
  await writeFile(mine, `${secret}\n`)
  await writeFile(theirs, other)
  const code = async (args: string[], env: NodeJS.ProcessEnv) =>
    (await run([...headers, ...at, ...args, file], env)).code
  assert.equal(await code([], { WEBHOOK_HMAC_SECRET: other }), 1)
  assert.equal(await code([], { WEBHOOK_HMAC_SECRET_FILE: mine }), 0)
  assert.equal(await code(['--secret-file', theirs], { WEBHOOK_HMAC_SECRET: secret }), 1)
  assert.equal(await code(['--secret-file', theirs, '--secret-file', mine], {}), 0)
})

const wrongUse: [what: string, args: string[], env: NodeJS.ProcessEnv, rule: RegExp][] = [
  ['no headers', [], {}, /--id, --timestamp and --signature are needed/],
  ['no secret', headers, {}, /there is no secret/],
  ['a wrong secret', headers, { WEBHOOK_HMAC_SECRET: 's3cr3t-plain' }, /^WEBHOOK_HMAC_SECRET: .*starts with "whsec_"/],
  ['two bodies', [...headers, 'a', 'b'], {}, /one body at a time, got 2/],
  ['no time', [...headers, '--at', 'noon'], {}, /--at: expected a time/],
  ['a typing mistake', [...headers, '--signatur', 'a'], {}, /did you mean --signature/],
]
for (const [what, args, env, rule] of wrongUse) {
  test(`${what} is wrong use, told without the secret`, async () => {
    const expected = (error: Error) =>
      error instanceof UsageError && rule.test(error.message) && !error.message.includes('s3cr3t')
    await assert.rejects(run(args, env), expected)
  })
}

test('through the command it reads a body from standard input', async () => {
  const { folder, file } = await bodyFile()
  await using _ = folder
  const script = '"$0" verify-webhook "$@" < "$BODY"'
  await using launched = launchCommand('/bin/sh', ['-c', script, join(root, 'fairlead'), ...headers, ...at], {
    env: { PATH: process.env.PATH, WEBHOOK_HMAC_SECRET: secret, BODY: file },
  })
  assert.equal(await launched.ended, 0, launched.output())
  assert.equal(launched.output(), 'valid: 20 bytes signed as m1\n')
})
