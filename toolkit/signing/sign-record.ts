import { pushedArtifacts } from '../record/needs.ts'
import { type Artifact, entry, readRecord, updateRecord } from '../record/record.ts'
import { atDigest } from '../registry/reference.ts'
import type { Context } from '../step.ts'
import { Skipped } from '../verdict.ts'
import { signDigest } from './sign-digest.ts'
import { openSigner } from './signer.ts'

/** Signs every artifact of the record by the digest that was pushed. Resolves to what was done, for the last line. */
export async function signRecord(context: Context): Promise<string> {
  const all = pushedArtifacts(await readRecord(context))
  const keys = all.map(([key]) => key)
  const digests = all.map(([key, artifact]) => [key, scannedDigest(key, artifact)] as const)
  const signer = await openSigner(context).catch(error => noteSkipped('sign', keys, error, context))
  context.print(`signs ${keys.join(', ')} ${signer.why}`)
  let by = ''
  for (const [key, nameAtDigest] of digests) {
    const { digest, mode, identity } = await signDigest(context, nameAtDigest, signer)
    const signature = { ...entry(context, digest), mode, identity }
    await updateArtifact(key, artifact => ({ ...without('sign', artifact), signature }), context)
    context.print(`signed ${nameAtDigest}`)
    by = identity
  }
  return `${keys.join(', ')} by ${by}`
}

/** The digest in the registry, of which the record must know that it is what was built and scanned. */
export function scannedDigest(
  key: string,
  { kind, name, id, digest, push, scan }: Artifact & { digest: string },
): string {
  if (push?.subject !== digest)
    throw new Error(
      `${key}: ${push?.subject ?? 'nothing'} was pushed, but the record names ${digest}; ./fairlead push says which`,
    )
  if (kind === 'image') {
    if (scan === undefined) throw new Error(`${key} is not scanned; ./fairlead scan comes first`)
    if (scan.subject !== id && scan.subject !== digest)
      throw new Error(`${key}: ${scan.subject} was scanned, but ${id} is to be signed; scan it again`)
  }
  return atDigest(name, digest)
}

/** The gate says why something is missing, so whoever skips it writes that down. */
export async function noteSkipped(
  step: string,
  keys: readonly string[],
  error: unknown,
  context: Context,
): Promise<never> {
  if (!(error instanceof Skipped)) throw error
  const note = { step, reason: error.message }
  for (const key of keys)
    await updateArtifact(
      key,
      artifact => {
        const { skipped = [], ...others } = without(step, artifact)
        return { ...others, skipped: [...skipped, note] }
      },
      context,
    )
  throw error
}

/** Without what an earlier run of that step noted. */
export function without(step: string, { skipped, ...artifact }: Artifact): Artifact {
  const others = skipped?.filter(each => each.step !== step) ?? []
  return others.length > 0 ? { ...artifact, skipped: others } : artifact
}

export async function updateArtifact(
  key: string,
  change: (artifact: Artifact) => Artifact,
  context: Context,
): Promise<void> {
  await updateRecord(context, record => {
    const artifact = record.artifacts[key]
    if (artifact === undefined)
      throw new Error(`the record lost ${key} meanwhile; steps of one record run one after the other`)
    return { ...record, artifacts: { ...record.artifacts, [key]: change(artifact) } }
  })
}
