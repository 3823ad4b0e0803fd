import { readFile } from 'node:fs/promises'
import * as v from 'valibot'

/** Only what decides which proofs there can be: https://github.com/sigstore/protobuf-specs, sigstore_trustroot.proto. */
const TrustedRoot = v.object({
  tlogs: v.optional(v.array(v.unknown()), []),
  ctlogs: v.optional(v.array(v.unknown()), []),
  timestampAuthorities: v.optional(v.array(v.unknown()), []),
  certificateAuthorities: v.pipe(v.array(v.unknown()), v.minLength(1)),
})

/** cosign's options for a Sigstore of one's own; none means the public one, of which every proof is demanded. */
export async function readTrust(file: string | undefined): Promise<string[]> {
  if (file === undefined) return []
  return ['--trusted-root', file, ...trustOptions(await readFile(file, 'utf8'))]
}

/** What the trusted root names is demanded; a log that an instance does not have cannot be asked. */
export function trustOptions(text: string): string[] {
  const { success, output } = v.safeParse(TrustedRoot, JSON.parse(text))
  if (!success)
    throw new Error(
      'SIGSTORE_TRUSTED_ROOT: expected a trusted root of Sigstore with one certificate authority at least',
    )
  return [
    ...(output.tlogs.length === 0 ? ['--insecure-ignore-tlog'] : []),
    ...(output.ctlogs.length === 0 ? ['--insecure-ignore-sct'] : []),
    ...(output.timestampAuthorities.length > 0 ? ['--use-signed-timestamps'] : []),
  ]
}
