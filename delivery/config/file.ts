import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { LineCounter, parseDocument } from 'yaml'
import { nearest } from '../../lib/nearest.ts'
import { type Path, positionOf } from './positions.ts'
import { type Settings, schema } from './schema.ts'
import { UNKNOWN_KEY } from './shape.ts'

export type Mistake = { path: Path; rule: string }
type Placed = { line: number; col: number; text: string }
export type SettingsFile = {
  settings: Settings | undefined
  mistakes: string[]
  /** Mistakes that only show beside other settings, as lines with their places. */
  told: (mistakes: readonly Mistake[]) => string[]
}

/** Reads the file; `mistakes` has a line for each, with its place, and `settings` is undefined when there is one. */
export function readSettingsFile(file: string): SettingsFile {
  try {
    return parseSettings(readFileSync(file, 'utf8'), file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const mistakes = [`DELIVERY_CONFIG: cannot read "${file}" (${code})`]
    return { settings: undefined, mistakes, told: more => more.map(({ rule }) => rule) }
  }
}

export function parseSettings(text: string, file: string): SettingsFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = ({ path, rule }: Mistake): Placed => {
    const { line, col } = positionOf(document, lines, path)
    return { line, col, text: `${file}:${line}:${col}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${rule}` }
  }
  const told = (mistakes: readonly Mistake[]) => inOrder(mistakes.map(at))
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(error => {
      const { line, col } = lines.linePos(error.pos[0])
      return `${file}:${line}:${col}: ${error.message.split('\n')[0]?.replace(/ at line .*$/, '')}`
    })
    return { settings: undefined, mistakes, told }
  }
  const result = v.safeParse(schema, document.toJS() ?? {})
  if (result.success) return { settings: result.output, mistakes: [], told }
  return { settings: undefined, mistakes: told(result.issues.map(mistakeOf)), told }
}

/** As a person reads the file, each one once. */
const inOrder = (placed: Placed[]) => [
  ...new Set(placed.toSorted((a, b) => a.line - b.line || a.col - b.col).map(({ text }) => text)),
]

function mistakeOf(issue: v.BaseIssue<unknown>): Mistake {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))
  if (issue.message.startsWith(UNKNOWN_KEY)) return { path, rule: unknownKey(String(path.at(-1)), issue.message) }
  return { path, rule: withValue(issue) }
}

function unknownKey(key: string, message: string): string {
  const known = message.slice(UNKNOWN_KEY.length).split(', ')
  const right = nearest(key, known)
  return right ? `unknown key; did you mean ${right}?` : message
}

/** The value is shown where it cannot be a secret: a scalar under a key that we know and that is no reference. */
function withValue({ message, input }: v.BaseIssue<unknown>): string {
  if (message.includes('not shown')) return message
  if (input === undefined) return 'required'
  if (input === null) return `${message}, got nothing; fill it or leave it out`
  return typeof input === 'object' ? message : `${message}, got ${JSON.stringify(input).slice(0, 80)}`
}
