import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { parseSecret, type SigningKey, verify } from '../lib/standard-webhooks.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'

export const verifyWebhook: Step = {
  name: 'verify-webhook',
  summary: 'Say whether a webhook is signed with your secret, and why not.',
  help: `Usage: ./fairlead verify-webhook --id <id> --timestamp <seconds> --signature <v1,…> [options] [<file>]

The headers of the request (webhook-id, webhook-timestamp, webhook-signature) are options; the body is the file, or
standard input without one: the bytes as they arrived, not parsed and written again.

  --id <text>             webhook-id
  --timestamp <seconds>   webhook-timestamp
  --signature <text>      webhook-signature: one signature, or several with spaces between
  --secret-file <path>    a file with the secret (whsec_…); several while one is being replaced.
                          Default: WEBHOOK_HMAC_SECRET or the file that WEBHOOK_HMAC_SECRET_FILE names
  --at <time>             compare the timestamp with this time (RFC 3339) instead of now

Ends with 0 when the signature is valid, with 1 when it is not.`,
  async run(args, { env, print }) {
    const { values, positionals } = parseOptions(
      args,
      {
        id: { type: 'string' },
        timestamp: { type: 'string' },
        signature: { type: 'string' },
        'secret-file': { type: 'string', multiple: true },
        at: { type: 'string' },
      },
      { allowPositionals: true },
    )
    const { id, timestamp, signature, at } = values
    if (id === undefined || timestamp === undefined || signature === undefined) {
      throw new UsageError('--id, --timestamp and --signature are needed, as the headers had them')
    }
    if (positionals.length > 1) throw new UsageError(`one body at a time, got ${positionals.length} files`)
    const now = at === undefined ? Date.now() : Date.parse(at)
    if (Number.isNaN(now)) throw new UsageError(`--at: expected a time such as 2026-11-20T12:00:00Z, got "${at}"`)
    const keys = await readKeys(values['secret-file'] ?? [], env)
    const body = await readBody(positionals[0])
    const verdict = verify(keys, { id, timestamp, signature }, body, now)
    print(verdict.valid ? `valid: ${body.length} bytes signed as ${id}` : `not valid: ${verdict.because}`)
    return verdict.valid ? 0 : 1
  },
}

async function readKeys(files: readonly string[], env: Context['env']): Promise<SigningKey[]> {
  const { WEBHOOK_HMAC_SECRET: direct, WEBHOOK_HMAC_SECRET_FILE: file } = env
  if (files.length === 0 && direct !== undefined) return [parse('WEBHOOK_HMAC_SECRET', direct)]
  const paths = files.length === 0 && file !== undefined ? [file] : files
  if (paths.length === 0) throw new UsageError('there is no secret: give --secret-file, or set WEBHOOK_HMAC_SECRET')
  return Promise.all(paths.map(async path => parse(path, (await readFile(path, 'utf8')).replace(/\r?\n$/, ''))))
}

function parse(where: string, secret: string): SigningKey {
  try {
    return parseSecret(secret)
  } catch (error) {
    throw new UsageError(`${where}: ${(error as Error).message}`, { cause: error }) // parseSecret throws nothing else
  }
}

const readBody = (file: string | undefined): Promise<Buffer> =>
  file === undefined || file === '-' ? buffer(process.stdin) : readFile(file)
