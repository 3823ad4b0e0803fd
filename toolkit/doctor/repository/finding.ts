/** What one look at a repository found. */
export type Finding = {
  /** One clause each: what is there, and what is wanted. */
  differences: string[]
  /** What the token may not see; a look that is not whole never passes. */
  unseen: string[]
}

export const finding = (differences: (string | undefined)[], unseen: (string | undefined)[] = []): Finding => ({
  differences: differences.filter(each => each !== undefined),
  unseen: unseen.filter(each => each !== undefined),
})

/** A clause when two settings differ. */
export function differs(what: string, wanted: unknown, found: unknown): string | undefined {
  const show = (value: unknown) => (Array.isArray(value) ? value.join(', ') || 'none' : String(value))
  return show(wanted) === show(found) ? undefined : `${what} is ${show(found)}, wanted ${show(wanted)}`
}
