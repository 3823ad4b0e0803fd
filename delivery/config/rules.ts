import * as v from 'valibot'
import { field, object } from './shape.ts'
import { line, name, word } from './units.ts'

const names = () => v.union([line(253), v.array(line(253))], 'expected a name or a list of names')
const pattern = 'a * stands for any characters'

const severity = word(['info', 'warning', 'error', 'critical'])

/** Conditions of one side of a rule. All that are given must hold; of a list, one entry. */
const conditions = object({
  source: field('The name of the source it came through; * stands for any characters.', v.optional(names())),
  kind: field(`The kind of object, such as Kustomization; Alert for alerts; ${pattern}.`, v.optional(names())),
  namespace: field(`The namespace of the object; ${pattern}.`, v.optional(names())),
  name: field(`The name of the object or alert; ${pattern}.`, v.optional(names())),
  severity: field(
    'One of info, warning, error, critical means that and worse (in exclude: and milder); a list, exactly its entries.',
    v.optional(v.union([severity, v.array(severity)], 'expected info, warning, error or critical, or a list of them')),
  ),
  reason: field(`Why it was sent, such as HealthCheckFailed; ${pattern}.`, v.optional(names())),
  labels: field(
    'Labels and metadata: each that is named must have one of the values; * as above.',
    v.optional(v.record(line(253), names(), 'expected labels and their values')),
  ),
  text: field('A regular expression (RE2) somewhere in the text.', v.optional(line(1000))),
})

export const rule = object({
  name: field('Shown beside every decision it makes.', line(63)),
  match: field('What it takes; everything when absent.', v.optional(conditions)),
  exclude: field(
    'What it leaves out of that: sets of the same conditions, any one of which is enough.',
    v.optional(v.array(conditions, 'expected a list')),
  ),
  destinations: field(
    'Where it sends; an empty list keeps the message and tells nobody.',
    v.array(name(), 'expected a list of destinations'),
  ),
})
