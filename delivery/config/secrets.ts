import { readFileSync } from 'node:fs'
import * as v from 'valibot'

const RULE = 'expected {file: <path>} or {env: <NAME>}: a secret itself never stands here; the value is not shown'

const SEVERAL = `${RULE}; or a list of 1 to 5 of these`

/** Where a secret is: in a file, or in a variable of the environment. */
export type SecretRef = { file?: string | undefined; env?: string | undefined }

/** One of the two; `more` may stand beside it. */
export const secretRef = <const T extends v.ObjectEntries = Record<never, never>>(more: T = {} as T) =>
  v.pipe(
    v.strictObject(
      {
        file: v.optional(v.pipe(v.string(RULE), v.minLength(1, RULE))),
        env: v.optional(v.pipe(v.string(RULE), v.regex(/^[A-Za-z_]\w*$/, RULE))),
        ...more,
      },
      RULE,
    ),
    v.check(ref => 'file' in ref !== 'env' in ref, RULE),
  )

/** One, or several while one is being replaced; which is the new one makes no difference. */
export const secretRefs = () =>
  v.union([secretRef(), v.pipe(v.array(secretRef(), RULE), v.minLength(1, SEVERAL), v.maxLength(5, SEVERAL))], SEVERAL)

/** What a destination or source cannot do without and did not get; the message names the place, never the value. */
class SecretMissing extends Error {
  override name = 'SecretMissing'
}

export type ReadSecret = (ref: SecretRef) => string

/** Reads secrets where their references point, anew at each call, so that a reload sees what was rotated. */
export const secretReader =
  (env: NodeJS.ProcessEnv): ReadSecret =>
  ref => {
    const value = ref.env === undefined ? readFile(ref.file ?? '') : env[ref.env]
    if (value !== undefined && value.trim() !== '') return value
    throw new SecretMissing(ref.env === undefined ? `the file "${ref.file}" is empty` : `${ref.env} is not set`)
  }

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') // mounted secrets often end in a newline of their own
  } catch (cause) {
    throw new SecretMissing(`cannot read the file "${path}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

/** The secrets that senders show us must not be those that we show to others: whoever has one could use the other. */
export function inboundSecretsSentOut(
  { sources, destinations }: { sources: object; destinations: object },
  env: NodeJS.ProcessEnv,
): string[] {
  const outbound = secretsIn(destinations, ['destinations'], env)
  return secretsIn(sources, ['sources'], env).flatMap(({ place, value }) =>
    outbound
      .filter(other => other.value === value)
      .map(other => `${place} and ${other.place} hold the same secret: give senders one of their own`),
  )
}

/** Every secret below `value` that can be read; one that cannot is told where it is used. */
function secretsIn(value: unknown, path: string[], env: NodeJS.ProcessEnv): { place: string; value: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const { env: name, file } = value as SecretRef // or not: the next line looks
  if (typeof name !== 'string' && typeof file !== 'string') {
    return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key], env))
  }
  try {
    return [{ place: name ?? path.join('.'), value: secretReader(env)({ env: name, file }) }]
  } catch (error) {
    if (error instanceof SecretMissing) return []
    throw error
  }
}
