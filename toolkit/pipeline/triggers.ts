import type { Event } from './machine.ts'
import type { Input, Workflow } from './workflow.ts'

/** Whether an event starts a workflow. The values of its inputs are held to what the workflow declares. */
export function startedBy({ on }: Pick<Workflow, 'on'>, event: Event): boolean {
  if (!(event.name in on)) return false
  const filter = on[event.name]
  if (event.name === 'workflow_dispatch') checkInputs(filter?.inputs ?? {}, event.inputs ?? {})
  if (event.name !== 'push' || !filter) return true
  const [, kind = '', name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(event.ref) ?? []
  const wanted = kind === 'tags' ? filter.tags : filter.branches
  // With patterns for branches only, tags start nothing, and the other way round.
  if (wanted === undefined) return filter.branches === undefined && filter.tags === undefined
  return wanted.some(pattern => matches(pattern, name))
}

/** A star stands for anything but a slash, two stars for anything. */
function matches(pattern: string, name: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map(part => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${source.join('')}$`).test(name)
}

function checkInputs(declared: Record<string, Input>, given: Record<string, string>): void {
  for (const name of Object.keys(given)) if (!(name in declared)) throw new Error(`unexpected input "${name}"`)
  for (const [name, { required, options }] of Object.entries(declared)) {
    const value = given[name]
    if (required && value === undefined) throw new Error(`required input "${name}" is missing`)
    if (options && value !== undefined && !options.includes(value))
      throw new Error(`input "${name}": expected ${options.join(' or ')}, got "${value}"`)
  }
}
