import type { Artifact, Source } from '../record/record.ts'
import { identityOfSource, isRelease } from '../record/tags.ts'

/** What an artifact lacks, each with the step that brings it. Everything has to be about this very id and digest. */
export function faultsOf(key: string, artifact: Artifact & { digest: string }, source: Source): string[] {
  // A release takes up what main has built: there it was tested, scanned and pushed, or it would not have its tag.
  const built = isRelease(source) ? [] : builtFaults(key, artifact)
  return [...built, ...registryFaults(key, artifact, source)]
}

function builtFaults(key: string, { kind, id, digest, containerTest, sbom, scan, push }: Artifact): string[] {
  const isAbout = about(key)
  const faults = [isAbout('push', push, digest, 'push')]
  if (kind === 'image') {
    faults.push(
      isAbout('container test', containerTest, id, 'container-test'),
      isAbout('SBOM', sbom, id, 'sbom'),
      isAbout('scan', scan, id, 'scan'),
    )
    if (scan !== undefined && scan.high + scan.critical > 0)
      faults.push(`${key} has ${scan.high} high and ${scan.critical} critical findings; ./fairlead scan names them`)
  }
  return faults.filter(fault => fault !== undefined)
}

function registryFaults(key: string, artifact: Artifact & { digest: string }, source: Source): string[] {
  const { kind, digest, signature, attestations = [], verified } = artifact
  const isAbout = about(key)
  const types = kind === 'image' ? (['provenance', 'sbom'] as const) : (['provenance'] as const)
  const attested = types.map(type => {
    const all = attestations.filter(each => each.type === type)
    return isAbout(`attested ${type}`, all.find(({ subject }) => subject === digest) ?? all[0], digest, 'attest')
  })
  const faults = [
    isAbout('signature', signature, digest, 'sign'),
    ...attested,
    isAbout('verification', verified, digest, 'verify'),
  ]
  // What a release takes up has been signed on main.
  const expected = isRelease(source)
    ? ['trunk', 'release']
    : [identityOfSource(source)].filter(each => each !== undefined)
  if (verified !== undefined && expected.length > 0 && !expected.includes(verified.as))
    faults.push(
      `${key} is verified as ${verified.as}, and this is the work of ${expected.join(' or ')}; ./fairlead verify`,
    )
  return faults.filter(fault => fault !== undefined)
}

const about =
  (key: string) =>
  (
    what: string,
    entry: { subject: string } | undefined,
    subject: string | undefined,
    step: string,
  ): string | undefined => {
    if (entry === undefined) return `${key} has no ${what}; ./fairlead ${step} brings it`
    if (entry.subject === subject) return undefined
    return `the ${what} of ${key} is about ${entry.subject}, and this is ${subject}; run ./fairlead ${step} again`
  }
