import type { Context } from '../step.ts'
import { ask, type Refusal, verifierOf } from './ask.ts'
import { type Cosign, createCosign, type Verifier } from './cosign.ts'
import {
  describeIdentity,
  type EnvironmentName,
  type Identities,
  type IdentityName,
  identityOf,
  readIdentities,
} from './identities.ts'
import { type Expected, provenanceMistake, sbomMistake } from './predicates.ts'
import { provenanceType } from './provenance.ts'
import { type PublicKey, readPublicKeys } from './public-keys.ts'
import { parseReference } from './reference.ts'

const signatureType = 'https://sigstore.dev/cosign/sign/v1'
export const sbomType = 'https://cyclonedx.org/bom'

/** What beside a signature must be there: all of an image, no SBOM of a chart, and nothing of a list of manifests. */
export type Demand = 'image' | 'chart' | 'signature'

export type Verified = {
  digest: string
  as: IdentityName
  /** As in the record: the fingerprint of the key, or the pattern that the subject of the certificate fits. */
  signature: { mode: 'keyless' | 'key'; identity: string }
  /** For people. */
  seen: string
}

type Question = { nameAtDigest: string; environment: EnvironmentName; demand: Demand; commit?: string }
type Trust = { cosign: Cosign; identities: Identities; keys: readonly PublicKey[] }

/** Asks the registry, never the record, whether an environment may run this digest; throws the reason why not. */
export async function verifyDigest(context: Context, question: Question): Promise<Verified> {
  const { nameAtDigest, environment } = question
  const { digest } = parseReference(nameAtDigest)
  const { root } = context
  const trust = {
    identities: await readIdentities(root),
    keys: await readPublicKeys(root),
    cosign: await createCosign(context),
  }
  const { identities, keys, cosign } = trust
  const refusals: Refusal[] = []
  for (const as of identities.environments[environment]) {
    const verifier = verifierOf(identities, keys, as)
    const signed = await ask(cosign, nameAtDigest, signatureType, verifier)
    if ('reason' in signed) {
      refusals.push(signed)
      continue
    }
    const more = await checkAttestations(question, { ...trust, as, verifier })
    const seen = `signed as ${describeIdentity(identities, as)}${more}`
    return { digest, as, signature: signatureOf(verifier, keys), seen }
  }
  const accepted = identities.environments[environment].map(name => describeIdentity(identities, name)).join(' or ')
  const signer = await nameSigner(nameAtDigest, refusals, trust)
  throw new Error(`${nameAtDigest}: ${environment} accepts ${accepted}, but ${signer}`)
}

function signatureOf(verifier: Verifier, keys: readonly PublicKey[]): Verified['signature'] {
  if (verifier.kind === 'certificate') return { mode: 'keyless', identity: verifier.subject }
  return { mode: 'key', identity: keys.find(({ file }) => file === verifier.file)?.fingerprint ?? verifier.file }
}

/** One that is good is enough: whoever runs a workflow again adds to what is there. */
async function checkAttestations(
  { nameAtDigest, demand, commit }: Question,
  { cosign, identities, as, verifier }: Trust & { as: IdentityName; verifier: Verifier },
): Promise<string> {
  const expected: Expected = { identities, as, ...(commit !== undefined && { commit }) }
  const wanted = [
    ...(demand === 'signature' ? [] : [{ what: 'provenance', type: provenanceType, mistake: provenanceMistake }]),
    ...(demand === 'image' ? [{ what: 'SBOM', type: sbomType, mistake: sbomMistake }] : []),
  ]
  for (const { what, type, mistake } of wanted) {
    const answer = await ask(cosign, nameAtDigest, type, verifier)
    if ('reason' in answer)
      throw new Error(`${nameAtDigest}: its ${what} as ${as} is missing or not genuine: ${answer.reason}`)
    const mistakes = answer.predicates.map(predicate => mistake(predicate, expected))
    if (!mistakes.includes(undefined)) throw new Error(`${nameAtDigest}: its ${what} does not hold: ${mistakes[0]}`)
  }
  return wanted.map(({ what }) => `, with its ${what}`).join('')
}

/** Whom the signature is from, so that a refusal names both sides. */
async function nameSigner(nameAtDigest: string, refusals: readonly Refusal[], trust: Trust): Promise<string> {
  const { cosign, identities, keys } = trust
  const subject = refusals.find(({ signer }) => signer !== undefined)?.signer
  if (subject !== undefined) {
    const ours = identityOf(identities, subject)
    return `it is signed by ${subject}, ${ours ? `the identity ${ours}` : 'which is none of ours'}`
  }
  for (const { name } of keys) {
    const answer = await ask(cosign, nameAtDigest, signatureType, verifierOf(identities, keys, name))
    if ('predicates' in answer) return `it is signed with the key of ${name}`
  }
  return [...new Set(refusals.map(({ reason }) => reason))].join('; ')
}
