import { pushedArtifacts } from '../record/needs.ts'
import { entry, readRecord } from '../record/record.ts'
import { atDigest } from '../registry/reference.ts'
import type { Context } from '../step.ts'
import { Skipped } from '../verdict.ts'
import type { EnvironmentName } from './identities.ts'
import { updateArtifact } from './sign-record.ts'
import { verifyDigest } from './verify-digest.ts'

/** Verifies what the registry has of each artifact, for an environment, and writes down as whom it is signed. */
export async function verifyRecord(environment: EnvironmentName, context: Context): Promise<string> {
  const record = await readRecord(context)
  const seen: string[] = []
  for (const [key, artifact] of pushedArtifacts(record)) {
    const nameAtDigest = atDigest(artifact.name, artifact.digest)
    const reason = artifact.skipped?.find(({ step }) => step === 'sign')?.reason
    if (artifact.signature === undefined && reason !== undefined) throw new Skipped(`sign was skipped: ${reason}`)
    // What an earlier run of this step found out is not to outlive a refusal.
    await updateArtifact(key, ({ verified: _, ...before }) => before, context)
    const question = { nameAtDigest, environment, demand: artifact.kind, commit: record.source.commit }
    const verified = await verifyDigest(context, question)
    const { as, digest } = verified
    if (as === 'previews') throw new Error(`${key}: the identity previews signs no images`) // environments never say otherwise
    await updateArtifact(key, before => ({ ...before, verified: { ...entry(context, digest), as } }), context)
    context.print(`verified ${nameAtDigest}: ${verified.seen}`)
    seen.push(`${key} (${as})`)
  }
  return `${environment} accepts ${seen.join(', ')}`
}
