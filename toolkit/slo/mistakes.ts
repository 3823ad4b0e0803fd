import type * as v from 'valibot'
import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml'
import { nearest } from '../../lib/nearest.ts'

export type Path = readonly (string | number)[]

/** Stands at the start of an unknown key's message; the keys that there are follow. */
export const UNKNOWN_KEY = 'unknown key; there are: '

/** Everything that is wrong with one file, a line each. */
export class SloMistakes extends Error {
  override name = 'SloMistakes'
}

/** A line such as `monitoring/slo/service.yaml:12: spec.service: expected …`. */
export function mistakeAt(file: string, document: Document, lines: LineCounter, path: Path, rule: string): string {
  return `${file}:${lineOf(document, lines, path)}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${rule}`
}

export function ruleOf(issue: v.BaseIssue<unknown>): { path: Path; rule: string } {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))
  const { message, input } = issue
  if (message.startsWith(UNKNOWN_KEY)) {
    const right = nearest(String(path.at(-1)), message.slice(UNKNOWN_KEY.length).split(', '))
    return { path, rule: right ? `unknown key; did you mean ${right}?` : message }
  }
  if (input === undefined) return { path, rule: 'required' }
  return { path, rule: typeof input === 'object' ? message : `${message}, got ${JSON.stringify(input)}` }
}

/** Of what the path names; for something that is missing, of the innermost thing that is there. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const step of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined
    const at: unknown = isSeq(node) ? node.get(step, true) : pair?.key
    if (!isNode(at)) break
    offset = at.range?.[0] ?? offset
    node = isSeq(node) ? at : pair?.value
  }
  return lines.linePos(offset).line
}
