import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { pushedArtifacts } from '../record/needs.ts'
import { type Artifact, entry, readRecord, type Source } from '../record/record.ts'
import type { Context } from '../step.ts'
import { type BaseImage, findBaseImages } from './base-images.ts'
import { explain } from './complaint.ts'
import { readIdentities } from './identities.ts'
import { createProvenance, provenanceType, readBuilder } from './provenance.ts'
import { noteSkipped, scannedDigest, updateArtifact, without } from './sign-record.ts'
import { type OpenSigner, openSigner } from './signer.ts'
import { sbomType } from './verify-digest.ts'

type Predicate = { what: 'provenance' | 'sbom'; type: string; file: string }

/** Puts beside each digest, signed: how it was built and, for an image, what is in it. */
export async function attestRecord(context: Context): Promise<string> {
  const record = await readRecord(context)
  const plans = pushedArtifacts(record).map(([key, artifact]) => {
    const nameAtDigest = scannedDigest(key, artifact)
    const { kind, sbom, id, digest } = artifact
    if (kind === 'image' && sbom?.subject !== id && sbom?.subject !== digest)
      throw new Error(`${key} has no SBOM of ${id}; ./fairlead sbom comes first`)
    return { key, artifact, nameAtDigest }
  })
  const keys = plans.map(({ key }) => key)
  const signer = await openSigner(context).catch(error => noteSkipped('attest', keys, error, context))
  context.print(`attests ${keys.join(', ')} ${signer.why}`)
  for (const { key, artifact, nameAtDigest } of plans) {
    await using folder = await temporaryFolder('predicates-')
    const predicates = [
      await writeProvenance(folder.path, artifact, record.source, context),
      ...(await findSbom(artifact, context)),
    ]
    // One after the other: where a registry knows no referrers, each is a change of the same list.
    for (const predicate of predicates) await attest(signer, nameAtDigest, predicate)
    const attestations = predicates.map(({ what }) => ({ ...entry(context, artifact.digest), type: what }))
    await updateArtifact(key, before => ({ ...without('attest', before), attestations }), context)
    context.print(`attested ${nameAtDigest}: ${predicates.map(({ what }) => what).join(', ')}`)
  }
  return keys.join(', ')
}

async function attest(
  { cosign, signer }: OpenSigner,
  nameAtDigest: string,
  { what, type, file }: Predicate,
): Promise<void> {
  const exit = await cosign.attest(nameAtDigest, { type, file }, signer)
  if (exit.code !== 0) throw new Error(`${what} of ${nameAtDigest} could not be attested: ${explain(exit)}`)
}

async function writeProvenance(
  folder: string,
  { kind }: Artifact,
  source: Source,
  { root, env }: Context,
): Promise<Predicate> {
  const { server, repository } = await readIdentities(root)
  const baseImages: BaseImage[] =
    kind === 'image' ? findBaseImages(await readFile(join(root, 'Dockerfile'), 'utf8'), env) : []
  const builder = readBuilder(env)
  const about = { server, repository: source.repository === 'local' ? repository : source.repository, source, builder }
  const provenance = createProvenance({ ...about, baseImages, at: new Date().toISOString() })
  const file = join(folder, 'provenance.json')
  await writeFile(file, JSON.stringify(provenance))
  return { what: 'provenance', type: provenanceType, file }
}

/** The file that `sbom` wrote; another one under its name is refused. */
async function findSbom({ sbom }: Artifact, { root }: Context): Promise<Predicate[]> {
  if (sbom === undefined) return []
  const { path, sha256 } = sbom.cyclonedx
  const bytes = await readFile(join(root, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(`there is no ${path}, which the record names; carry out/ along with it`, { cause: error })
  })
  const now = createHash('sha256').update(bytes).digest('hex')
  if (now !== sha256)
    throw new Error(`${path} is not what the record knows (${sha256}); ./fairlead sbom makes it again`)
  return [{ what: 'sbom', type: sbomType, file: join(root, path) }]
}
