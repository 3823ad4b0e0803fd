import { parseArgs } from 'node:util'

export type Command = { kind: 'up' } | { kind: 'status' } | { kind: 'down'; count: number; yes: boolean }

/** Undefined for wrong use. */
export function parseCommand(args: string[]): Command | undefined {
  const parsed = parse(args)
  if (parsed === undefined) return undefined
  const [word, count = '1', ...rest] = parsed.positionals
  const yes = parsed.values.yes === true
  if (word === 'down')
    return /^[1-9]\d{0,3}$/.test(count) && rest.length === 0 ? { kind: word, count: Number(count), yes } : undefined
  if (yes || parsed.positionals.length !== 1) return undefined
  return word === 'up' || word === 'status' ? { kind: word } : undefined
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { yes: { type: 'boolean' } }, allowPositionals: true })
  } catch {
    return undefined // an unknown option is one more wrong use
  }
}
