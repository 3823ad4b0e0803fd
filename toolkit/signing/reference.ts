import { checkDigest, checkName } from '../registry/reference.ts'

export type Reference = { name: string; digest: string }

/** What is signed and verified is always a digest: a tag can move between the two. */
export function parseReference(nameAtDigest: string): Reference {
  const at = nameAtDigest.indexOf('@')
  if (at < 0) throw new Error(`expected <registry>/<repository>@sha256:<64 hex digits>, got "${nameAtDigest}"`)
  return {
    name: checkName(nameAtDigest.slice(0, at), 'image'),
    digest: checkDigest(nameAtDigest.slice(at + 1), 'image'),
  }
}
