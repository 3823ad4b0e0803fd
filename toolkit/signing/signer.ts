import type { Context } from '../step.ts'
import { Skipped } from '../verdict.ts'
import { explain } from './complaint.ts'
import { type Cosign, createCosign, type Signer } from './cosign.ts'
import { chooseMode, foreseeMode } from './mode.ts'
import { readPlace } from './place.ts'
import { fingerprintOf, keysFolder, type PublicKey, readPublicKeys } from './public-keys.ts'

export type OpenSigner = {
  cosign: Cosign
  signer: Signer
  /** How it will be signed and why so, for the first line of a step. */
  why: string
  /** Of key mode: which of the identities the key is. */
  key?: PublicKey
}

/** Decides how to sign here, before anything is done. Throws Skipped where nobody set signing up. */
export async function openSigner(context: Context): Promise<OpenSigner> {
  const { kind, why } = chooseMode(await readPlace(context))
  if (kind === 'off') throw new Skipped(why)
  const cosign = await createCosign(context)
  if (kind === 'keyless') return { cosign, signer: { kind }, why }
  const key = await findKey(cosign, context.root)
  return { cosign, signer: { kind }, key, why: `by the key of ${key.name} (${key.fingerprint.slice(0, 19)}…)` }
}

/** How images will be signed here, said before they are built. Throws Skipped where nobody set signing up. */
export async function foresee(context: Pick<Context, 'root' | 'env'>): Promise<string> {
  const { kind, why } = foreseeMode(await readPlace(context))
  if (kind === 'off') throw new Skipped(`nothing will be signed, and so nothing promoted: ${why}`)
  return `images will be signed ${kind === 'key' ? 'by key' : `without a key, ${why}`}`
}

/** A key that no verifier knows would make signatures for nobody. */
async function findKey(cosign: Cosign, root: string): Promise<PublicKey> {
  const asked = await cosign.publicKey()
  if (asked.code !== 0) throw new Error(`the key cannot be used: ${explain(asked)}`)
  const fingerprint = fingerprintOf(asked.stdout, 'COSIGN_PRIVATE_KEY')
  const known = await readPublicKeys(root)
  const key = known.find(each => each.fingerprint === fingerprint)
  if (key) return key
  const names = known.map(({ file }) => file).join(', ')
  throw new Error(
    `COSIGN_PRIVATE_KEY (${fingerprint}) belongs to none of ${names || `${keysFolder}, which is empty`}; which key is it?`,
  )
}
