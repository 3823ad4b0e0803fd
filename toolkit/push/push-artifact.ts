import { stat } from 'node:fs/promises'
import { readSaved } from '../image/saved.ts'
import { needFile } from '../record/needs.ts'
import type { Artifact } from '../record/record.ts'
import { readLayout } from '../registry/layout.ts'
import { atDigest } from '../registry/reference.ts'
import type { Registry } from '../registry/registry.ts'
import type { Context } from '../step.ts'

/** Why this build may not leave the machine; none of it may where there is one. */
export function whyNotToPush(key: string, { kind, id, containerTest }: Artifact): string | undefined {
  if (kind === 'chart') return undefined
  if (containerTest === undefined) return `${key} was never run; ./fairlead container-test does that`
  if (containerTest.subject !== id)
    return `the container test was of ${containerTest.subject}, and ${key} is ${id}; run ./fairlead container-test again`
  return undefined
}

/** Pushes by digest, without a tag, and asks the registry whether what it has now is what was tested. */
export async function pushArtifact(
  key: string,
  artifact: Artifact,
  { registry, context }: { registry: Registry; context: Context },
): Promise<string> {
  const { name, id } = artifact
  const path = needFile(context, artifact)
  const isLayout = (await stat(path)).isDirectory()
  const found = isLayout ? (await readLayout(path)).id : (await readSaved(artifact.file, context)).id
  if (found !== id)
    throw new Error(
      `${artifact.file} holds ${found}, and the record says that ${key} is ${id}; it was changed: build again`,
    )
  const digest = await registry.push(path, name)
  await checkPushed(key, { name, id, digest }, registry)
  return digest
}

/** A digest is about the very bytes of a manifest; the manifest says which config, and that is what was tested. */
export async function checkPushed(
  key: string,
  { name, id, digest }: { name: string; id: string; digest: string },
  registry: Registry,
): Promise<void> {
  const manifest = await registry.manifest(atDigest(name, digest))
  const config = manifest.config?.digest
  if (config !== id)
    throw new Error(
      `${atDigest(name, digest)} has the config ${config ?? 'of an index'}, and ${key} is ${id}: it is not what was built`,
    )
}
