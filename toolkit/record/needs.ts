import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../step.ts'
import { Skipped } from '../verdict.ts'
import type { Artifact, BuildRecord } from './schema.ts'

type Pushed = Artifact & { digest: string }

/** What is in the registry, by its key. A build that was kept from it on purpose is skipped by everything that follows. */
export function pushedArtifacts({ artifacts }: BuildRecord): [key: string, artifact: Pushed][] {
  return builtArtifacts(artifacts).map(([key, artifact]) => {
    const reason = artifact.skipped?.find(({ step }) => step === 'push')?.reason
    if (reason !== undefined) throw new Skipped(`${key} was not pushed: ${reason}`)
    const { digest } = artifact
    if (digest === undefined) throw new Error(`${key} is not in a registry yet; ./fairlead push brings it there`)
    return [key, { ...artifact, digest }]
  })
}

export function builtArtifacts(artifacts: BuildRecord['artifacts']): [key: string, artifact: Artifact][] {
  const all = Object.entries(artifacts)
  if (all.length === 0)
    throw new Error(
      'the build record has neither an image nor a chart; ./fairlead build and ./fairlead chart package add them',
    )
  return all
}

/** The same record with one artifact changed. */
export function withArtifact(record: BuildRecord, key: string, change: Partial<Artifact>): BuildRecord {
  const artifact = record.artifacts[key]
  if (artifact === undefined) throw new Error(`the build record has no ${key}`)
  return { ...record, artifacts: { ...record.artifacts, [key]: { ...artifact, ...change } } }
}

/** Throws one sentence where the file of an artifact has not come along with the record. */
export function needFile({ root }: Pick<Context, 'root'>, { file }: Pick<Artifact, 'file'>): string {
  const path = join(root, file)
  if (existsSync(path)) return path
  throw new Error(`there is no ${file}, which the build record names; carry out/ along with it`)
}
