import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Node } from 'yaml'

export type Position = { line: number; col: number }
export type Path = readonly (string | number)[]

/**
 * Where a person finds what a path names: the key of a mapping, the item of a list; for something that is missing, the
 * innermost thing that is there.
 */
export function positionOf(document: Document, lines: LineCounter, path: Path): Position {
  let node: unknown = document.contents
  let offset = isNode(node) ? startOf(node) : 0
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document)
    const found = isMap(node)
      ? childOfMap(node.items, step)
      : isSeq(node)
        ? { at: node.get(step, true), value: node.get(step, true) }
        : undefined
    if (!isNode(found?.at)) break
    offset = startOf(found.at)
    node = found.value
  }
  return lines.linePos(offset)
}

function childOfMap(items: { key: unknown; value: unknown }[], step: string | number) {
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
  return pair && { at: pair.key, value: pair.value }
}

const startOf = (node: Node) => node.range?.[0] ?? 0
