import { readFileSync } from 'node:fs'
import * as v from 'valibot'

type Entries = Record<string, v.GenericSchema<unknown, unknown>>
type Parsed<T extends Entries> = v.InferOutput<v.ObjectSchema<T, undefined>>

/**
 * Turns the environment into typed values, one schema per variable. An empty variable is an absent one; a secret also
 * comes from a file named by `NAME_FILE`. Every mistake goes into `mistakes`, a line each (variable, rule, value; never a
 * secret's value), so that the caller can add its own before it throws them all. A variable with a mistake is undefined.
 */
export function readEnv<T extends Entries>(
  entries: T,
  env: NodeJS.ProcessEnv,
  secrets: readonly string[] = [],
): { values: Partial<Parsed<T>>; mistakes: string[] } {
  const mistakes: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(entries)) {
    const isSecret = secrets.includes(name)
    const raw = isSecret ? readSecret(name, env, mistakes) : present(env[name])
    const result = v.safeParse(schema, raw)
    if (result.success) values[name] = result.output
    else mistakes.push(`${name}: ${mistake(result.issues[0].message, raw, isSecret)}`)
  }
  return { values: values as Partial<Parsed<T>>, mistakes } // each value was parsed by its own schema just above
}

/** Like readEnv, for an environment without rules between variables: throws one EnvError with every mistake. */
export function parseEnv<T extends Entries>(
  entries: T,
  env: NodeJS.ProcessEnv,
  secrets: readonly string[] = [],
): Parsed<T> {
  const { values, mistakes } = readEnv(entries, env, secrets)
  if (mistakes.length > 0) throw new EnvError(mistakes)
  return values as Parsed<T> // no mistakes: every entry has its value
}

/** Every mistake of an environment in one message; entry points print it without a stack and exit 1. */
export class EnvError extends Error {
  override name = 'EnvError'
  constructor(mistakes: readonly string[]) {
    super(
      `the environment has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}; see .env.example\n  ${mistakes.join('\n  ')}`,
    )
  }
}

const present = (value: string | undefined) => (value === undefined || value.trim() === '' ? undefined : value)

function readSecret(name: string, env: NodeJS.ProcessEnv, mistakes: string[]): string | undefined {
  const direct = present(env[name])
  const file = present(env[`${name}_FILE`])
  if (file === undefined) return direct
  if (direct !== undefined) {
    mistakes.push(`${name}: set either ${name} or ${name}_FILE, not both`)
    return undefined
  }
  try {
    // A mounted secret usually ends in a newline that is not part of it.
    return present(readFileSync(file, 'utf8').replace(/\r?\n$/, ''))
  } catch (error) {
    mistakes.push(`${name}_FILE: cannot read "${file}" (${(error as NodeJS.ErrnoException).code})`)
    return undefined
  }
}

function mistake(rule: string, raw: string | undefined, isSecret: boolean): string {
  if (raw === undefined) return rule
  return isSecret ? `${rule}; the value is not shown` : `${rule}, got ${JSON.stringify(raw)}`
}

const words = { true: ['1', 'true', 't', 'yes', 'y', 'on'], false: ['0', 'false', 'f', 'no', 'n', 'off'] }

/** 1/true/t/yes/y/on and 0/false/f/no/n/off, in any case. */
export const boolean = () =>
  v.pipe(
    v.string(),
    v.transform(text => text.trim().toLowerCase()),
    v.check(
      text => words.true.includes(text) || words.false.includes(text),
      'expected true or false (1/t/yes/y/on, 0/f/no/n/off)',
    ),
    v.transform(text => words.true.includes(text)),
  )

/** A whole number in decimal digits, both ends included. */
export const integer = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.check(
      text => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `expected a whole number from ${min} to ${max}`,
    ),
    v.transform(Number),
  )

/** A fraction such as a sampling ratio, 0 to 1. */
export const ratio = () =>
  v.pipe(
    v.string(),
    v.check(text => /^(0|1|0?\.\d{1,9}|0\.\d{1,9}|1\.0+)$/.test(text), 'expected a fraction from 0 to 1'),
    v.transform(Number),
  )

/** One of a few words. */
export const oneOf = <const T extends readonly [string, ...string[]]>(options: T) =>
  v.picklist(options, `expected ${options.slice(0, -1).join(', ')}${options.length > 1 ? ' or ' : ''}${options.at(-1)}`)

/** Text of at most `max` characters without control characters. */
export const text = (max = 1024) =>
  v.pipe(
    v.string(),
    v.check(
      value => value.length <= max && !/\p{Cc}/u.test(value),
      `expected at most ${max} characters and no control characters`,
    ),
  )

/** An http or https address. */
export const httpUrl = () =>
  v.pipe(
    v.string(),
    v.check(
      value => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
      'expected an http:// or https:// URL',
    ),
  )
