import { X509Certificate } from 'node:crypto'
import type { Context } from '../step.ts'
import { explain } from './complaint.ts'
import { parseReference } from './reference.ts'
import { type OpenSigner, openSigner } from './signer.ts'

export type Signed = {
  digest: string
  mode: 'keyless' | 'key'
  /** The subject of the certificate, or the fingerprint of the public key. */
  identity: string
}

/**
 * Signs what the registry has under `<registry>/<repository>@sha256:…`, in the form that Flux reads: a Sigstore bundle that refers to
 * the digest (OCI 1.1). Throws Skipped where nobody set signing up.
 */
export async function signDigest(context: Context, nameAtDigest: string, opened?: OpenSigner): Promise<Signed> {
  const { digest } = parseReference(nameAtDigest)
  const { cosign, signer, key } = opened ?? (await openSigner(context))
  const { exit, bundle } = await cosign.sign(nameAtDigest, signer)
  if (exit.code !== 0) throw new Error(`${nameAtDigest} could not be signed: ${explain(exit)}`)
  return { digest, mode: signer.kind, identity: key?.fingerprint ?? subjectOf(bundle) }
}

/** A bundle that was made without a key of ours has the certificate that Sigstore gave (protobuf-specs, sigstore_bundle.proto). */
function subjectOf(bundle: string): string {
  const parsed: { verificationMaterial?: { certificate?: { rawBytes?: string } } } = JSON.parse(bundle) // cosign wrote it
  const raw = parsed.verificationMaterial?.certificate?.rawBytes
  if (raw === undefined) throw new Error('cosign made a bundle without a certificate, which a keyless signature has')
  const names = new X509Certificate(Buffer.from(raw, 'base64')).subjectAltName ?? ''
  const uri = /(?:^|, )URI:(\S+?)(?:,|$)/.exec(names)?.[1]
  if (uri === undefined) throw new Error(`the certificate names no workflow, but "${names}"`)
  return uri
}
