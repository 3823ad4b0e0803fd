const WIDTH = 120

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * JSON as Biome formats it: on one line what fits there, so that the file stays short enough to be read. What holds one of
 * `names` never is: a fork changes them, and the lines of the file shall break where they did before.
 */
export function printJson(value: Json, names: readonly string[]): string {
  /** `used` is what stands before the value on its line, and a comma may follow it. */
  function print(each: Json, indent: number, used: number): string {
    const line = onOneLine(each)
    if (typeof each !== 'object' || each === null) return line
    const isOpen = line.includes('{') && names.some(name => line.includes(name)) // Biome always closes lists of texts
    if (used + line.length + 1 <= WIDTH && !isOpen) return line
    const inner = indent + 2
    const [open, close] = Array.isArray(each) ? ['[', ']'] : ['{', '}']
    const entries = entriesOf(each).map(([name, entry]) => {
      const start = `${' '.repeat(inner)}${name}`
      return `${start}${print(entry, inner, start.length)}`
    })
    return `${open}\n${entries.join(',\n')}\n${' '.repeat(indent)}${close}`
  }
  return `${print(value, 0, 0)}\n`
}

function onOneLine(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = entriesOf(value).map(([name, each]) => `${name}${onOneLine(each)}`)
  if (Array.isArray(value)) return `[${entries.join(', ')}]`
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** With what stands before each; a key that is undefined is none. */
function entriesOf(value: readonly Json[] | { readonly [key: string]: Json | undefined }): [string, Json][] {
  if (Array.isArray(value)) return value.map((each: Json) => ['', each])
  return Object.entries(value).flatMap(([key, each]) =>
    each === undefined ? [] : [[`${JSON.stringify(key)}: `, each]],
  )
}
