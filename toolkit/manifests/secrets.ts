/** As much of an object as is looked at for secrets. */
type Object = { kind?: string; sops?: unknown; data?: Record<string, unknown>; stringData?: Record<string, unknown> }

/** The object without what SOPS added to it, as Flux hands it to the API server. */
export function withoutSops<T extends object>(manifest: T): T {
  const { sops: _, ...rest } = manifest as T & Object
  return rest as T // T has no field `sops` of its own
}

/**
 * What a Secret shows to everybody who may read this repository: the names of its values that are neither encrypted by SOPS nor a
 * public key nor a place to put one.
 */
export function plainSecrets(manifest: object): string[] {
  const { kind, data = {}, stringData = {} } = manifest as Object // each of them may be absent
  if (kind !== 'Secret') return []
  const values = [
    ...Object.entries(data).map(([name, value]) => ({
      name,
      text: Buffer.from(String(value), 'base64').toString(),
      value,
    })),
    ...Object.entries(stringData).map(([name, value]) => ({ name, text: String(value), value })),
  ]
  return values
    .filter(({ text, value }) => !isEncrypted(value) && !isPublicKey(text) && !text.includes('REPLACE-ME'))
    .map(({ name }) => name)
}

const isEncrypted = (value: unknown) => typeof value === 'string' && /^ENC\[AES256_GCM,data:.*,tag:.*\]$/.test(value)
const isPublicKey = (text: string) =>
  /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\s*$/.test(text)
