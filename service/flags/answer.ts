/** What a flag can be. `otherwise`, the value it has when flagd says nothing, also says which of them it is. */
export type FlagValue = boolean | number

/** What OpenFeature says about one evaluation, as far as it matters here. */
export type Details = { value: unknown; reason?: string; errorCode?: string; errorMessage?: string }

export type Answer<T extends FlagValue = boolean> =
  | { kind: 'fixed'; value: T } // the same for every request, until the provider reports a change
  | { kind: 'targeted'; value: T } // depends on the request; `value` is for the one that was asked about
  | { kind: 'default' } // flagd leaves it to the environment: disabled, missing, or of another type
  | { kind: 'unknown' } // flagd could not be asked: what was known before stays

/** For the metric: every word comes from a fixed set, whatever a server sends. */
export type Evaluated = { reason: string; errorCode?: string }

// OpenFeature specification, "Resolution reason" and "Error code"; TIMEOUT is ours.
const reasons = ['STATIC', 'CACHED', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'STALE', 'ERROR']
const errorCodes = [
  'PROVIDER_NOT_READY',
  'PROVIDER_FATAL',
  'FLAG_NOT_FOUND',
  'PARSE_ERROR',
  'TYPE_MISMATCH',
  'TARGETING_KEY_MISSING',
  'INVALID_CONTEXT',
  'TIMEOUT',
]

export function read<T extends FlagValue>(details: Details, otherwise: T): { answer: Answer<T>; evaluated: Evaluated } {
  const errorCode = errorCodeOf(details, typeof otherwise)
  if (errorCode !== undefined) return { answer: ofError(errorCode), evaluated: { reason: 'ERROR', errorCode } }
  const reason = reasons.includes(details.reason ?? '') ? String(details.reason) : 'UNKNOWN'
  return { answer: ofReason(reason, details.value as T), evaluated: { reason } } // no error: of the type of `otherwise`
}

function ofReason<T extends FlagValue>(reason: string, value: T): Answer<T> {
  if (reason === 'STATIC' || reason === 'CACHED') return { kind: 'fixed', value }
  // A disabled flag is not an error: flagd says that it has nothing to say.
  if (reason === 'DISABLED') return { kind: 'default' }
  return { kind: 'targeted', value }
}

/** A flag that is wrong is the environment's; a flagd that is gone or in trouble says nothing about the flag. */
function ofError(errorCode: string): { kind: 'default' | 'unknown' } {
  switch (errorCode) {
    case 'FLAG_NOT_FOUND':
    case 'TYPE_MISMATCH':
    case 'PARSE_ERROR':
    case 'TARGETING_KEY_MISSING':
    case 'INVALID_CONTEXT':
      return { kind: 'default' }
    default:
      return { kind: 'unknown' }
  }
}

function errorCodeOf({ value, errorCode, errorMessage }: Details, type: string): string | undefined {
  if (errorCode === undefined) return typeof value === type ? undefined : 'TYPE_MISMATCH'
  // In rpc mode the provider turns gRPC's UNAVAILABLE into FLAG_NOT_FOUND (0.16.1). Only the text tells a flagd that lacks
  // the flag ("Flag not found", "FLAG_NOT_FOUND") from one that cannot be reached ("No connection established. …").
  if (errorCode === 'FLAG_NOT_FOUND' && !/not[ _]found|disabled/i.test(errorMessage ?? '')) return 'GENERAL'
  return errorCodes.includes(errorCode) ? errorCode : 'GENERAL'
}
