import * as v from 'valibot'
import { certificateIdentity, describeIdentity, type Identities, type IdentityName } from './identities.ts'

export type Expected = {
  identities: Identities
  as: IdentityName /** That the image must be built from. */
  commit?: string
}

const Provenance = v.object({
  buildDefinition: v.object({
    internalParameters: v.optional(v.object({ github: v.optional(v.object({ event_name: v.optional(v.string()) })) })),
    resolvedDependencies: v.array(
      v.object({ uri: v.optional(v.string()), digest: v.optional(v.object({ gitCommit: v.optional(v.string()) })) }),
    ),
  }),
  runDetails: v.object({ builder: v.object({ id: v.string() }) }),
})

/** A signature says who; provenance must say the same of where it was built, and that it was from this repository. */
export function provenanceMistake(predicate: unknown, { identities, as, commit }: Expected): string | undefined {
  const { success, output } = v.safeParse(Provenance, predicate)
  if (!success) return 'it is not of SLSA v1'
  const { id } = output.runDetails.builder
  if (!new RegExp(certificateIdentity(identities, as)).test(id))
    return `it was built by ${id}, not by ${describeIdentity(identities, as)}`
  const { event } = identities.identities[as]
  const seen = output.buildDefinition.internalParameters?.github?.event_name
  if (event !== undefined && seen !== event)
    return `it was built on the event ${seen ?? 'that nobody noted'}, not ${event}`
  const source = output.buildDefinition.resolvedDependencies.find(({ digest }) => digest?.gitCommit !== undefined)
  const repository = `git+${identities.server}/${identities.repository}@`
  if (!source?.uri?.startsWith(repository)) return `its source is ${source?.uri ?? 'not named'}, not ${repository}<ref>`
  if (commit !== undefined && source.digest?.gitCommit !== commit)
    return `it was built from commit ${source.digest?.gitCommit}, not ${commit}`
  return undefined
}

const Sbom = v.object({ bomFormat: v.literal('CycloneDX'), components: v.pipe(v.array(v.unknown()), v.minLength(1)) })

/** An SBOM that lists nothing describes no image. */
export const sbomMistake = (predicate: unknown): string | undefined =>
  v.safeParse(Sbom, predicate).success ? undefined : 'it is no CycloneDX list with components'
