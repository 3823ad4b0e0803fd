import type { Artifact, BuildRecord } from '../record/record.ts'
import { isImmutable } from '../record/tags.ts'
import { atDigest, chartTagOf } from '../registry/reference.ts'
import type { Registry } from '../registry/registry.ts'

/** Those of the event; and a chart is also found by the digest of its image, so that both always travel together. */
export function tagsOf(
  key: string,
  { kind, tags }: Pick<Artifact, 'kind' | 'tags'>,
  { artifacts }: BuildRecord,
): string[] {
  const image = kind === 'chart' ? artifacts[key.replace(/^chart-/, '')]?.digest : undefined
  return image === undefined ? tags : [...tags, chartTagOf(image)]
}

/** Which of the tags are still to be written. One that means one thing for ever and means another already is an error. */
export async function tagsToWrite(
  { name, digest }: { name: string; digest: string },
  tags: readonly string[],
  registry: Registry,
): Promise<string[]> {
  const missing: string[] = []
  for (const tag of tags) {
    const now = await registry.digest(`${name}:${tag}`)
    if (now === digest) continue
    if (now !== undefined && isImmutable(tag))
      throw new Error(
        `${name}:${tag} is ${now} already, and such a tag never moves to another digest (${digest}); ` +
          'the digest it has is the one to promote, and a new commit or version gets a tag of its own',
      )
    missing.push(tag)
  }
  // `latest` comes last: who follows it finds all the others.
  return missing.sort((a, b) => Number(isImmutable(b)) - Number(isImmutable(a)))
}

export async function writeTags(
  { name, digest }: { name: string; digest: string },
  tags: readonly string[],
  registry: Registry,
): Promise<void> {
  for (const tag of tags) await registry.tag(atDigest(name, digest), tag)
}
