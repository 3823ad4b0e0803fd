import type { Labels, Selector } from './policy.ts'

/** An empty selector chooses everything; what it names has to be so all at once. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const pairs = Object.entries(matchLabels).every(([key, value]) => labels[key] === value)
  return pairs && matchExpressions.every(each => holds(each, labels))
}

function holds({ key, operator, values = [] }: NonNullable<Selector['matchExpressions']>[number], labels: Labels) {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn': // holds for an object without the label, too (API reference, LabelSelectorRequirement)
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      throw new Error(`label selector: expected In, NotIn, Exists or DoesNotExist, got "${operator satisfies never}"`)
  }
}
