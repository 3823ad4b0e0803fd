/** Where a field stands, as far as can be said by its name: in a file that speaks of that kind, else in the first file. */
export function locate(
  texts: ReadonlyMap<string, string>,
  { kind, field }: { kind: string; field?: string },
): { file: string; line?: number } {
  const [fallback = ''] = texts.keys()
  const mentions = [...texts].filter(([, text]) => new RegExp(`^\\s*kind: ${literal(kind)}\\s*(#.*)?$`, 'm').test(text))
  if (field !== undefined)
    for (const [file, text] of mentions) {
      const line = text.split('\n').findIndex(each => hasKey(each, field))
      if (line >= 0) return { file, line: line + 1 }
    }
  return { file: mentions[0]?.[0] ?? fallback }
}

const hasKey = (line: string, field: string) => new RegExp(`(^|[\\s{,-])['"]?${literal(field)}['"]?:(\\s|$)`).test(line)

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
