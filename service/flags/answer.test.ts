import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, type Details, type Evaluated, read } from './answer.ts'

const error = (errorCode: string, errorMessage = ''): Details => ({
  value: true,
  reason: 'ERROR',
  errorCode,
  errorMessage,
})
const counted = (errorCode: string): Evaluated => ({ reason: 'ERROR', errorCode })
const unknown: Answer = { kind: 'unknown' }
const byDefault: Answer = { kind: 'default' }

const rows: [what: string, details: Details, answer: Answer, evaluated: Evaluated][] = [
  ['STATIC is fixed', { value: true, reason: 'STATIC' }, { kind: 'fixed', value: true }, { reason: 'STATIC' }],
  ['STATIC off is fixed', { value: false, reason: 'STATIC' }, { kind: 'fixed', value: false }, { reason: 'STATIC' }],
  ['CACHED is fixed', { value: true, reason: 'CACHED' }, { kind: 'fixed', value: true }, { reason: 'CACHED' }],
  ['DISABLED is no error', { value: true, reason: 'DISABLED' }, byDefault, { reason: 'DISABLED' }],
  [
    'a match is targeted',
    { value: true, reason: 'TARGETING_MATCH' },
    { kind: 'targeted', value: true },
    { reason: 'TARGETING_MATCH' },
  ],
  [
    'no match is targeted',
    { value: false, reason: 'DEFAULT' },
    { kind: 'targeted', value: false },
    { reason: 'DEFAULT' },
  ],
  ['a split is targeted', { value: true, reason: 'SPLIT' }, { kind: 'targeted', value: true }, { reason: 'SPLIT' }],
  ['no reason is targeted', { value: true }, { kind: 'targeted', value: true }, { reason: 'UNKNOWN' }],
  ['an unheard-of reason', { value: true, reason: 'r-4711' }, { kind: 'targeted', value: true }, { reason: 'UNKNOWN' }],
  ['a value of another type', { value: 'yes', reason: 'STATIC' }, byDefault, counted('TYPE_MISMATCH')],
  ['a missing flag', error('FLAG_NOT_FOUND', "flag 'x' not found"), byDefault, counted('FLAG_NOT_FOUND')],
  ['a missing flag of rpc', error('FLAG_NOT_FOUND', 'FLAG_NOT_FOUND'), byDefault, counted('FLAG_NOT_FOUND')],
  [
    'a disabled flag of an old flagd',
    error('FLAG_NOT_FOUND', 'Flag is disabled'),
    byDefault,
    counted('FLAG_NOT_FOUND'),
  ],
  [
    'rpc that cannot connect',
    error('FLAG_NOT_FOUND', 'No connection established. Last error: ECONNREFUSED'),
    unknown,
    counted('GENERAL'),
  ],
  [
    'rpc whose host has no name',
    error('FLAG_NOT_FOUND', 'Name resolution failed: getaddrinfo ENOTFOUND x'),
    unknown,
    counted('GENERAL'),
  ],
  ['TYPE_MISMATCH', error('TYPE_MISMATCH'), byDefault, counted('TYPE_MISMATCH')],
  ['PARSE_ERROR', error('PARSE_ERROR'), byDefault, counted('PARSE_ERROR')],
  ['TARGETING_KEY_MISSING', error('TARGETING_KEY_MISSING'), byDefault, counted('TARGETING_KEY_MISSING')],
  ['INVALID_CONTEXT', error('INVALID_CONTEXT'), byDefault, counted('INVALID_CONTEXT')],
  ['GENERAL', error('GENERAL'), unknown, counted('GENERAL')],
  ['PROVIDER_NOT_READY', error('PROVIDER_NOT_READY'), unknown, counted('PROVIDER_NOT_READY')],
  ['PROVIDER_FATAL', error('PROVIDER_FATAL'), unknown, counted('PROVIDER_FATAL')],
  ['TIMEOUT', error('TIMEOUT'), unknown, counted('TIMEOUT')],
  ['an unheard-of code', error('e-4711'), unknown, counted('GENERAL')],
]

for (const [what, details, answer, evaluated] of rows) {
  test(`${what}: ${answer.kind}`, () => assert.deepEqual(read(details, false), { answer, evaluated }))
}

test('a number is read where one is asked for, and nothing else is', () => {
  const ofNumber = (value: unknown) => read({ value, reason: 'STATIC' }, 0).answer
  assert.deepEqual(
    [ofNumber(0.5), ofNumber(0)],
    [
      { kind: 'fixed', value: 0.5 },
      { kind: 'fixed', value: 0 },
    ],
  )
  for (const value of [true, '1', null]) assert.deepEqual(ofNumber(value), byDefault)
  assert.deepEqual(read({ value: 1, reason: 'STATIC' }, false).answer, byDefault)
})
