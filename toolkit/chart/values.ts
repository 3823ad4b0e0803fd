import { isMap, LineCounter, parseDocument, type YAMLMap } from 'yaml'

/** A key of a values file, its groups in front, with the sentence above it; groups of others have no default. */
export type Value = { key: string; sentence: string; default?: unknown }

/** Every key in the order of the file. The parser hangs comments on whatever follows them, so the lines are asked. */
export function readValues(text: string): Value[] {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const [mistake] = document.errors
  if (mistake) throw new Error(mistake.message)
  const lines = text.split('\n')
  return isMap(document.contents) ? read(document.contents, '') : []

  function read(map: YAMLMap, prefix: string): Value[] {
    return map.items.flatMap(({ key, value }) => {
      const { value: name, range } = key as { value: string; range: [number, number, number] } // what a parsed key is
      const found = { key: `${prefix}${name}`, sentence: sentenceAbove(lines, counter.linePos(range[0]).line - 1) }
      const below = isMap(value) && !value.flow ? read(value, `${found.key}.`) : []
      // A map without sentences in it is a value by itself, such as labels.
      if (below.some(({ sentence }) => sentence !== '')) return [found, ...below]
      return { ...found, default: (value as { toJSON(): unknown } | null)?.toJSON() ?? null } // null: a key without value
    })
  }
}

function sentenceAbove(lines: readonly string[], line: number): string {
  const above = lines.slice(0, line).reverse()
  const end = above.findIndex(each => !/^\s*#/.test(each))
  return above
    .slice(0, end === -1 ? undefined : end)
    .reverse()
    .map(each => each.replace(/^\s*# ?/, ''))
    .join(' ')
}
