import type { Artifact, BuildRecord } from '../record/record.ts'
import { type EnvironmentName, environmentAccepts, type Identities } from '../signing/identities.ts'
import { Skipped } from '../verdict.ts'

export type Gated = Artifact & { digest: string }

/** The artifact of a record that the gate let through for an environment; else a sentence that says what is missing. */
export function gatedArtifact(
  record: BuildRecord,
  name: string,
  environment: EnvironmentName,
  { identities, file }: { identities: Identities; file: string },
): Gated {
  const artifact = record.artifacts[name]
  const refuse = (why: string) => new Error(`${name} is not promoted to ${environment}: ${why}`)
  if (artifact === undefined) {
    const there = Object.keys(record.artifacts).join(', ') || 'nothing'
    throw refuse(`${file} knows ${there}; --artifact names another`)
  }
  const { digest, gate, verified } = artifact
  if (record.source.dirty) throw refuse(`it was built from files that no commit has; commit them and build again`)
  const skipped = artifact.skipped?.map(({ step, reason }) => `${step} was skipped (${reason})`)
  if (gate === undefined && skipped?.length)
    throw new Skipped(`${name} is not promoted to ${environment}: ${skipped.join('; ')}`)
  if (digest === undefined) throw refuse('it was not pushed; run ./fairlead push')
  if (gate === undefined) throw refuse('the gate has not allowed it; ./fairlead gate says what is missing')
  if (gate.subject !== digest)
    throw refuse(`the gate allowed ${gate.subject}, and this is ${digest}; run ./fairlead gate again`)
  if (verified === undefined || verified.subject !== digest)
    throw refuse(`its signature was not verified; run ./fairlead verify --for ${environment}`)
  if (!environmentAccepts(identities, environment, verified.as)) {
    const accepted = identities.environments[environment].join(' and ')
    throw refuse(`it is signed as ${verified.as}, and ${environment} takes ${accepted} only (.github/identities.json)`)
  }
  return { ...artifact, digest }
}
