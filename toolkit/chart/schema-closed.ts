/** As much of a JSON schema as is looked into here; everything else is passed on. */
export type Schema = {
  $ref?: string
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  not?: Schema
  type?: string | string[]
  nullable?: boolean
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-embedded-resource'?: boolean
  [keyword: string]: unknown
}

/**
 * A schema of the OpenAPI kind as a JSON schema that refuses fields it does not know, as the API server does with
 * `fieldValidation=Strict`. References to components become references to definitions.
 */
export function close(schema: Schema): Schema {
  const { properties, additionalProperties: rest, items, nullable, type } = schema
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] || schema['x-kubernetes-embedded-resource']
  return {
    ...withReference(schema),
    ...(properties && { properties: mapValues(properties, close) }),
    ...(properties && rest === undefined && !isOpen && { additionalProperties: false }),
    ...(typeof rest === 'object' && { additionalProperties: close(rest) }),
    ...(items && { items: close(items) }),
    ...(nullable && typeof type === 'string' && { type: [type, 'null'] }),
  }
}

/** Branches say more about fields that stand outside of them, so they stay open. */
function withReference(schema: Schema): Schema {
  const { $ref, allOf, anyOf, oneOf, not } = schema
  return {
    ...schema,
    ...($ref && { $ref: $ref.replace('#/components/schemas/', '#/definitions/') }),
    ...(allOf && { allOf: allOf.map(withReference) }),
    ...(anyOf && { anyOf: anyOf.map(withReference) }),
    ...(oneOf && { oneOf: oneOf.map(withReference) }),
    ...(not && { not: withReference(not) }),
  }
}

export const mapValues = <T, U>(object: Record<string, T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
