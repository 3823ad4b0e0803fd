import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { nearest } from '../lib/nearest.ts'
import { UsageError } from './step.ts'

/** util.parseArgs, strict, whose complaints become a UsageError that names the nearest valid option. */
export function parseOptions<T extends ParseArgsOptionsConfig, P extends boolean = false>(
  args: string[],
  options: T,
  { allowPositionals = false as P }: { allowPositionals?: P } = {},
) {
  try {
    return parseArgs({ args, options, allowPositionals, strict: true })
  } catch (error) {
    throw asUsageError(error, Object.keys(options))
  }
}

function asUsageError(error: unknown, valid: string[]): unknown {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS')) return error
  if (error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return new UsageError(firstSentence(error.message), { cause: error })
  const given = /'(-[^']*)'/.exec(error.message)?.[1] ?? '?'
  const right = nearest(
    given,
    valid.map(name => `--${name}`),
  )
  return new UsageError(`unknown option ${given}${right ? `; did you mean ${right}?` : ''}`, { cause: error })
}

const firstSentence = (message: string) => message.split(/\. |\n/)[0] ?? message
