import { nearest } from '../../lib/nearest.ts'

export type Role = 'receiver' | 'dispatcher'

const known: readonly Role[] = ['receiver', 'dispatcher']

export class WrongRole extends Error {
  override name = 'WrongRole'
}

/** The roles that the command line names; all of them when it names none. */
export function rolesOf(words: readonly string[]): readonly Role[] {
  const roles = words.map(word => {
    const role = known.find(each => each === word)
    if (role) return role
    const right = nearest(word, known)
    const hint = right ? `did you mean ${right}?` : `there are: ${known.join(', ')}`
    throw new WrongRole(`there is no role ${JSON.stringify(word)}; ${hint}`)
  })
  return roles.length === 0 ? known : [...new Set(roles)]
}
