import { createHash, createPublicKey } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type IdentityName, identityNames } from './identities.ts'

export const keysFolder = '.github/keys'
export const keyFile = (name: IdentityName) => `${keysFolder}/${name}.pub`

/** An identity with a key of its own is verified by it, one without by its certificate. */
export type PublicKey = { name: IdentityName; file: string; fingerprint: string }

export async function readPublicKeys(root: string): Promise<PublicKey[]> {
  const found: PublicKey[] = []
  for (const name of identityNames) {
    const file = keyFile(name)
    if (!existsSync(join(root, file))) continue
    const fingerprint = fingerprintOf(await readFile(join(root, file), 'utf8'), file)
    const twin = found.find(other => other.fingerprint === fingerprint)
    // One key for two identities would let a pull request sign as trunk.
    if (twin) throw new Error(`${file} and ${twin.file} are the same key; each identity needs one of its own`)
    found.push({ name, file, fingerprint })
  }
  return found
}

/** sha256 of the key as DER (SubjectPublicKeyInfo), whatever the PEM around it looks like. */
export function fingerprintOf(pem: string, what: string): string {
  if (pem.includes('PRIVATE KEY'))
    throw new Error(`${what} holds a private key; delete it, and make new keys: it must never be in git`)
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' })
    return `sha256:${createHash('sha256').update(der).digest('hex')}`
  } catch (error) {
    throw new Error(`${what}: expected a public key as PEM, as \`./fairlead sign --make-keys\` writes it`, {
      cause: error,
    })
  }
}
