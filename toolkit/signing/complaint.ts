import type { Exit } from '../exec.ts'

/** Why cosign refused, as far as its words tell; the order is that in which one explains more than the next. */
const explanations: [pattern: RegExp, sentence: (found: RegExpExecArray) => string][] = [
  [/expected SAN value to match regex ".*", got "([^"]+)"/, ([, got]) => `it is signed by ${got}`],
  [
    /expected issuer value to match regex ".*", got "([^"]+)"/,
    ([, got]) => `its certificate was asked for with an identity of ${got}`,
  ],
  [
    /expected GithubWorkflowTrigger to be "([^"]+)", got "([^"]+)"/,
    ([, wanted, got]) => `it is signed on the event ${got}, not ${wanted}`,
  ],
  [/does not match any digest in statement/, () => 'its signature is about another digest, and was copied here'],
  [
    /signature time outside of public key validity window/,
    () => 'its certificate was not valid when it was signed, as far as can be proved',
  ],
  [/signatures? do not match threshold|invalid signature when validating/, () => 'it is signed with another key'],
  [/none of the attestations matched the predicate type/, () => 'it has signatures, but not this one'],
  [
    /no (matching )?(signatures|attestations) found|no signatures found|no matching attestations/,
    () => 'it is not signed',
  ],
  [/MANIFEST_UNKNOWN|manifest unknown|NAME_UNKNOWN|status code 404/, () => 'the registry has no such digest'],
  [
    /UNAUTHORIZED|DENIED|status code 40[13]/i,
    () => 'the registry refuses us; log in with docker login, or check REGISTRY_USER and REGISTRY_PASSWORD',
  ],
  [/decryption failed/, () => 'COSIGN_PASSWORD is not the password of COSIGN_PRIVATE_KEY'],
  [
    /unsupported pem type|invalid pem block|PEM decoding failed/i,
    () => 'COSIGN_PRIVATE_KEY is no key as `./fairlead sign --make-keys` makes it',
  ],
  [/connection refused|no such host|i\/o timeout|deadline exceeded/, ([found]) => `no connection (${found})`],
]

/** One sentence for people, followed by the last words of cosign where they say more. */
export function explain(exit: Pick<Exit, 'stderr'>): string {
  for (const [pattern, sentence] of explanations) {
    const found = pattern.exec(exit.stderr)
    if (found) return sentence(found)
  }
  return lastError(exit.stderr)
}

const lastError = (stderr: string) =>
  stderr
    .split('\n')
    .map(line => /^(?:Error|error during command execution): (.+)$/.exec(line)?.[1])
    .findLast(line => line !== undefined) ?? `cosign said: ${stderr.trim().slice(-400)}`

/** The identity that a certificate names which cosign held to be genuine, but not the one asked for. */
export const signerIn = ({ stderr }: Pick<Exit, 'stderr'>): string | undefined =>
  /expected SAN value to match regex ".*", got "([^"]+)"/.exec(stderr)?.[1]
