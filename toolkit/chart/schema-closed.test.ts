import assert from 'node:assert/strict'
import { test } from 'node:test'
import { close, type Schema } from './schema-closed.ts'

const cases: [what: string, open: Schema, closed: Schema][] = [
  [
    'an object with properties takes no others, at any depth',
    { properties: { a: { type: 'array', items: { properties: { b: {} } } } } },
    {
      properties: { a: { type: 'array', items: { properties: { b: {} }, additionalProperties: false } } },
      additionalProperties: false,
    },
  ],
  ['an object without properties stays open', { type: 'object' }, { type: 'object' }],
  [
    'a map stays a map, of closed values',
    { additionalProperties: { properties: { a: {} } } },
    { additionalProperties: { properties: { a: {} }, additionalProperties: false } },
  ],
  [
    'what Kubernetes leaves open stays open',
    { properties: { a: {} }, 'x-kubernetes-preserve-unknown-fields': true },
    { properties: { a: {} }, 'x-kubernetes-preserve-unknown-fields': true },
  ],
  [
    'a branch says more about what stands outside of it, and stays open',
    { properties: { a: {} }, anyOf: [{ properties: { a: {} }, required: ['a'] }] },
    { properties: { a: {} }, anyOf: [{ properties: { a: {} }, required: ['a'] }], additionalProperties: false },
  ],
  [
    'a reference to a component is one to a definition, in branches, too',
    { allOf: [{ $ref: '#/components/schemas/a' }], items: { $ref: '#/components/schemas/b' } },
    { allOf: [{ $ref: '#/definitions/a' }], items: { $ref: '#/definitions/b' } },
  ],
  ['nullable is a type more', { type: 'string', nullable: true }, { type: ['string', 'null'], nullable: true }],
]

for (const [what, open, closed] of cases) test(what, () => assert.deepEqual(close(open), closed))
