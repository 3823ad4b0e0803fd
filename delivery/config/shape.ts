import * as v from 'valibot'

/**
 * Like v.strictObject, which tells of the first unknown key only and takes a list for an object: here each key is an
 * issue, and so is a list. Typed as the strict one, because the rest holds nothing.
 */
export function object<const T extends v.ObjectEntries>(entries: T) {
  const rest = v.never(`${UNKNOWN_KEY}${Object.keys(entries).join(', ')}`)
  const schema = v.objectWithRest(entries, rest, 'expected keys and values')
  const run: (typeof schema)['~run'] = (dataset, config) =>
    schema['~run'](Array.isArray(dataset.value) ? { value: 'a list' } : dataset, config)
  return { ...schema, '~run': run } as unknown as v.StrictObjectSchema<T, undefined>
}

/** Stands at the start of an unknown key's message; the keys that there are follow. */
export const UNKNOWN_KEY = 'unknown key; there are: '

/** A schema with the sentence that editors and the reference show. */
export const field = <const S extends v.GenericSchema>(sentence: string, schema: S) =>
  v.pipe(schema, v.description(sentence))
