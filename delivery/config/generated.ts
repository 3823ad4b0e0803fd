import { toJsonSchema } from '@valibot/to-json-schema'
import { referenceOf } from './reference.ts'
import { schema } from './schema.ts'

/** What is made from the schema and committed, so that editors and readers need not run anything. */
export const places = {
  schema: new URL('../config.schema.json', import.meta.url),
  docs: new URL('../../docs/delivery.md', import.meta.url),
}

export const jsonSchema = () =>
  toJsonSchema(schema, {
    typeMode: 'input',
    errorMode: 'ignore', // rules that JSON Schema cannot say are said when the file is read
    overrideSchema: ({ jsonSchema: made }) => strict(made),
  })

/** What takes no further keys says `false`, which editors understand better than `{not: {}}`. */
function strict(made: object) {
  const rest = 'additionalProperties' in made ? made.additionalProperties : undefined
  const isNever = typeof rest === 'object' && rest !== null && 'not' in rest
  return isNever ? { ...made, additionalProperties: false } : made
}

export const currentSchema = () => `${JSON.stringify(jsonSchema(), undefined, 2)}\n`

const START = '<!-- generated from delivery/config/schema.ts by delivery/config/generate.ts -->'
const END = '<!-- end of the generated part -->'

/** The guide with its reference of every field as the schema has it now. */
export function currentDocs(text: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)]
  if (start < 0 || end < start) throw new Error(`docs/delivery.md: expected the marks ${START} and ${END}`)
  const reference = referenceOf(JSON.parse(currentSchema())).join('\n')
  return `${text.slice(0, start)}${START}\n\n${reference}\n\n${text.slice(end)}`
}
