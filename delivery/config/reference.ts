type Json = { [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `value` is empty for what only holds other fields. */
export type Field = { path: string; value: string; otherwise: string; sentence: string }

/** One line per field of the configuration file, from its JSON Schema: path, what it may be, default, sentence. */
export const referenceOf = (schema: Json): string[] => [
  '| field | value | default | |',
  '|---|---|---|---|',
  ...fieldsOf(schema).map(
    ({ path, value, otherwise, sentence }) => `| \`${path}\` | ${value} | ${otherwise} | ${sentence} |`,
  ),
]

/** Every field once: those that several kinds of destination share stand under all their names. */
export function fieldsOf(schema: Json): Field[] {
  const merged = new Map<string, Field & { kinds: string[] }>()
  for (const { path, node } of walk(schema, '')) {
    const [, kind] = /<(\w+)>/.exec(path) ?? []
    const field = { path, value: kindOf(node), otherwise: defaultOf(node), sentence: String(node.description ?? '') }
    const key = JSON.stringify({ ...field, path: path.replace(/<\w+>/, '<>') })
    const known = merged.get(key)
    if (known === undefined) merged.set(key, { ...field, kinds: kind === undefined ? [] : [kind] })
    else if (kind !== undefined && !known.kinds.includes(kind)) known.kinds.push(kind)
  }
  return [...merged.values()].map(({ kinds, ...field }) => ({
    ...field,
    path: field.path.replace(/<\w+>/, `<${kinds.join(', ')}>`),
  }))
}

/** Depth first, in the order of the schema. `<name>` stands for any key, `[]` for an item of a list. */
function* walk(node: Json, path: string): Generator<{ path: string; node: Json }> {
  for (const [key, value] of Object.entries(isObject(node.properties) ? node.properties : {})) {
    if (key === '$schema' || !isObject(value)) continue
    const at = path === '' ? key : `${path}.${key}`
    yield { path: at, node: value }
    if (!isReference(value) && key !== 'exclude') yield* walk(value, at) // exclude holds what match does
  }
  if (isObject(node.additionalProperties)) yield* walk(node.additionalProperties, `${path}.<name>`)
  if (isObject(node.items) && !isReference(node.items)) yield* walk(node.items, `${path}[]`)
  for (const option of optionsOf(node).filter(each => !isReference(each))) {
    const kind = typeOf(option)
    yield* walk(option, kind === undefined ? path : path.replace(/<name>$/, `<${kind}>`))
  }
}

/** The `type` by which a source or destination is told from the others. */
const typeOf = (option: Json): unknown =>
  isObject(option.properties) && isObject(option.properties.type) ? option.properties.type.const : undefined

const optionsOf = (node: Json): Json[] =>
  [node.oneOf, node.anyOf].flatMap(options => (Array.isArray(options) ? options.filter(isObject) : []))

/** {file: …} or {env: …} */
const isReference = ({ properties }: Json) => isObject(properties) && 'file' in properties && 'env' in properties

function kindOf(node: Json): string {
  const options = optionsOf(node)
  if (options.length > 0) return [...new Set(options.map(kindOf))].join(' or ')
  if (isReference(node)) return 'secret'
  if ('const' in node) return `\`${node.const}\``
  if (Array.isArray(node.enum)) return node.enum.map(each => `\`${each}\``).join(', ')
  if (node.type === 'array')
    return `list${isObject(node.items) && kindOf(node.items) ? ` of ${kindOf(node.items)}` : ''}`
  if (node.type === 'object') return isObject(node.additionalProperties) ? byName(node.additionalProperties) : ''
  if (typeof node.pattern === 'string') return patternName(node.pattern)
  const range = 'minimum' in node && 'maximum' in node ? ` ${node.minimum} to ${node.maximum}` : ''
  return node.type === 'string' ? 'text' : `${node.type}${range}`
}

const byName = (value: Json) => (kindOf(value) === '' ? '' : `${kindOf(value)}, by name`)

function patternName(pattern: string): string {
  if (pattern.includes('ms|s|m|h|d')) return 'duration'
  if (pattern.includes('KiB')) return 'size'
  return pattern.startsWith('^\\/') ? 'path' : 'text'
}

/** A group has its defaults on its own fields. */
const defaultOf = (node: Json) =>
  node.default === undefined || isObject(node.default)
    ? ''
    : `\`${JSON.stringify(node.default).replace(/^"|"$/g, '')}\``
