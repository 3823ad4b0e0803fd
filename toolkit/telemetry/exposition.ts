/** One line of an exposition. `type` is the family's: a histogram's `_bucket` is of type histogram. */
export type Series = { name: string; type: string; labels: Record<string, string> }

const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g
const sample = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? /

/** The series of a text in the Prometheus text format 0.0.4, as Prometheus stores them. Throws for a line that is none. */
export function parseExposition(text: string): Series[] {
  const types = new Map<string, string>()
  const found: Series[] = []
  for (const line of text.split('\n')) {
    const [, family, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (family !== undefined && type !== undefined) types.set(family, type)
    if (line === '' || line.startsWith('#')) continue
    const [, name, braces = ''] = sample.exec(line) ?? []
    if (name === undefined)
      throw new Error(`expected a sample of the Prometheus text format, got "${line.slice(0, 100)}"`)
    found.push({ name, type: typeOf(name, types), labels: labelsOf(braces) })
  }
  return found
}

const typeOf = (name: string, types: ReadonlyMap<string, string>) =>
  types.get(name) ?? types.get(name.replace(/_(bucket|sum|count)$/, '')) ?? 'untyped'

const labelsOf = (braces: string) =>
  Object.fromEntries([...braces.matchAll(label)].map(([, name = '', value = '']) => [name, stored(name, plain(value))]))

/** Since version 3 Prometheus stores the bounds of buckets and quantiles as floats: a query for le="1" finds nothing. */
function stored(name: string, value: string): string {
  return (name === 'le' || name === 'quantile') && /^\d+$/.test(value) ? `${value}.0` : value
}

const plain = (value: string) => value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
