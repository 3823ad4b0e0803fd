import { nearest } from '../../lib/nearest.ts'
import { UsageError } from '../step.ts'
import { drills, undrilled } from './catalog.ts'

/** The names as they are when all of them can be drilled; throws UsageError for any other. */
export function chooseDrills(names: readonly string[]): string[] {
  const known = drills.map(({ name }) => name)
  for (const name of names.filter(each => !known.includes(each))) {
    const reason = undrilled[name]
    if (reason) throw new UsageError(`${name} has no drill: ${reason}`)
    const right = nearest(name, known)
    throw new UsageError(`there is no drill "${name}"${right ? `; did you mean ${right}?` : ', see --list'}`)
  }
  return [...new Set(names)]
}
