import { explain, signerIn } from './complaint.ts'
import type { Cosign, Verifier } from './cosign.ts'
import { certificateIdentity, type Identities, type IdentityName, issuerPattern } from './identities.ts'
import type { PublicKey } from './public-keys.ts'
import { parseReference } from './reference.ts'
import { readStatements } from './statement.ts'

/** `signer` is the subject of a certificate that is genuine, but of somebody else. */
export type Refusal = { reason: string; signer: string | undefined }
export type Answer = { predicates: unknown[] } | Refusal

/** An identity with a key of its own is verified by it, one without by the certificate of its workflow. */
export function verifierOf(identities: Identities, keys: readonly PublicKey[], name: IdentityName): Verifier {
  const key = keys.find(each => each.name === name)
  if (key) return { kind: 'key', file: key.file }
  const { event } = identities.identities[name]
  return {
    ...{ kind: 'certificate', issuer: issuerPattern(identities), event },
    subject: certificateIdentity(identities, name),
  }
}

/**
 * The statements of one type that this signer made about this digest. `cosign verify` would take any of any type, such as an SBOM,
 * for a signature.
 */
export async function ask(cosign: Cosign, nameAtDigest: string, type: string, verifier: Verifier): Promise<Answer> {
  const exit = await cosign.verify(nameAtDigest, type, verifier)
  if (exit.code !== 0) return { reason: explain(exit), signer: signerIn(exit) }
  const statements = readStatements(exit.stdout, type, parseReference(nameAtDigest).digest)
  if (statements.length === 0) return { reason: 'it has signatures, but not this one', signer: undefined }
  return { predicates: statements.map(({ predicate }) => predicate) }
}
