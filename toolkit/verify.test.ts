import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attest } from './attest.ts'
import { sign } from './sign.ts'
import { type Step, UsageError } from './step.ts'
import { createContext } from './testing/context.ts'
import { verify } from './verify.ts'

const digest = `sha256:${'0a'.repeat(32)}`
const wrong: [what: string, step: Step, args: string[], message: RegExp][] = [
  [
    'an environment that nobody knows',
    verify,
    ['--for', 'nonprd'],
    /--for: expected .*, got "nonprd"; did you mean nonprod\?/,
  ],
  ['a demand that nobody knows', verify, ['--demand', 'all'], /--demand: expected image, chart, signature, got "all"/],
  ['two images', verify, [`a.b/c@${digest}`, `a.b/d@${digest}`], /verify takes one image, got also a\.b\/d/],
  ['an option of another step', attest, ['--for', 'prod'], /unknown option --for/],
  ['an image to sign', sign, [`a.b/c@${digest}`], /./],
  ['two wishes at once', sign, ['--check', '--make-keys'], /--check or --make-keys, not both/],
]
for (const [what, step, args, message] of wrong) {
  test(`${step.name}: ${what} is wrong use`, async () => {
    await assert.rejects(
      step.run(args, createContext()),
      error => error instanceof UsageError && message.test(error.message),
    )
  })
}

test('a tag is not verified: it may be another image tomorrow', async () => {
  const context = createContext()
  assert.equal(await verify.run(['ghcr.io/acme/app:latest'], context), 1)
  assert.match(context.lines.join('\n'), /FAILED +verify .*expected <registry>\/<repository>@sha256:/)
})

test('before anything is built, sign says how it will be signed', async () => {
  const context = createContext()
  assert.equal(await sign.run(['--check'], context), 0)
  assert.match(context.lines.join('\n'), /^skipped +sign .*nothing promoted: a laptop has no identity/)
})
