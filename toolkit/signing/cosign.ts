import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Exit, run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { NotRun } from '../not-run.ts'
import { isLoopback } from '../registry/reference.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import { pinOf } from '../tools/pins.ts'
import { again } from './again.ts'
import { readTrust } from './trust.ts'

/** Who made a signature: the holder of a key, or a workflow that Sigstore gave a certificate. */
export type Signer = { kind: 'key' } | { kind: 'keyless' }

/** Whose signature is asked for. */
export type Verifier =
  | { kind: 'key'; file: string }
  | { kind: 'certificate'; subject: string; issuer: string; event?: string | undefined }

export type Cosign = {
  /** `bundle` is what was uploaded; empty after a failure. */
  sign(nameAtDigest: string, signer: Signer): Promise<{ exit: Exit; bundle: string }>
  attest(nameAtDigest: string, predicate: { type: string; file: string }, signer: Signer): Promise<Exit>
  /** Prints one DSSE envelope a line, of statements about this very digest and of this type. */
  verify(nameAtDigest: string, type: string, verifier: Verifier): Promise<Exit>
  /** The public key that belongs to COSIGN_PRIVATE_KEY. */
  publicKey(): Promise<Exit>
  /** Writes cosign.key and cosign.pub there, encrypted with that password. */
  makeKeys(folder: string, password: string): Promise<Exit>
}

/** The pinned cosign. Secrets reach it by its environment only. */
export async function createCosign({ root, env, signal, ...rest }: Context): Promise<Cosign> {
  const path = await prepareTool(pinOf('cosign'), { root, env, signal, ...rest }).then(
    built => built.path,
    error => {
      if (error instanceof NoGo) throw new NotRun(`there is no cosign: ${error.message}`, { cause: error })
      throw error
    },
  )
  const call = (args: readonly string[], more: NodeJS.ProcessEnv = {}, cwd = root) =>
    again(() => run(path, args, { cwd, env: { ...cosignEnvironment(env), ...more }, signal }), { signal })
  const withKey = { COSIGN_PRIVATE_KEY: env.COSIGN_PRIVATE_KEY, COSIGN_PASSWORD: env.COSIGN_PASSWORD ?? '' }
  const secrets = ({ kind }: Signer) => (kind === 'key' ? withKey : {})
  const options = (nameAtDigest: string, signer: Signer) => [
    '--yes',
    ...(signer.kind === 'key' ? keyOptions : signingOptions(sigstoreOf(root, env))),
    ...registryOptions(nameAtDigest),
  ]
  return {
    async sign(name, signer) {
      await using folder = await temporaryFolder('bundle-')
      const file = join(folder.path, 'bundle.json')
      const exit = await call(['sign', ...options(name, signer), '--bundle', file, name], secrets(signer))
      return { exit, bundle: exit.code === 0 ? await readFile(file, 'utf8') : '' }
    },
    attest: async (name, { type, file }, signer) =>
      call(['attest', ...options(name, signer), '--type', type, '--predicate', file, name], secrets(signer)),
    verify: async (name, type, verifier) =>
      call([
        ...['verify-attestation', '--type', type, ...registryOptions(name)],
        ...(await verifyOptions(verifier, sigstoreOf(root, env))),
        name,
      ]),
    publicKey: () => call(['public-key', '--key', 'env://COSIGN_PRIVATE_KEY'], withKey),
    makeKeys: (folder, password) => call(['generate-key-pair'], { COSIGN_PASSWORD: password }, folder),
  }
}

/**
 * cosign takes any option from a variable COSIGN_<OPTION>, roots of trust from SIGSTORE_* and TUF_*: whoever could set one would
 * decide what counts as verified. It gets those that we set, and no other.
 */
export const cosignEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(COSIGN|SIGSTORE|TUF)_/.test(name)))

// There is no public log for what is signed by key, and so nothing to be asked of one either.
const keyOptions = ['--key', 'env://COSIGN_PRIVATE_KEY', '--use-signing-config=false', '--tlog-upload=false']

type OwnSigstore = { config: string | undefined; trustedRoot: string | undefined }

/** The two files of a Sigstore of one's own, from the root of the checkout where they are relative. */
function sigstoreOf(root: string, env: NodeJS.ProcessEnv): OwnSigstore {
  const path = (file: string | undefined) => (file === undefined ? undefined : resolve(root, file))
  return { config: path(env.SIGSTORE_SIGNING_CONFIG), trustedRoot: path(env.SIGSTORE_TRUSTED_ROOT) }
}

/** The public Sigstore, whose addresses come from its TUF repository, or one's own by its two files. */
function signingOptions({ config, trustedRoot }: OwnSigstore): string[] {
  if (config === undefined) return []
  if (trustedRoot === undefined)
    throw new Error(
      'SIGSTORE_SIGNING_CONFIG is set without SIGSTORE_TRUSTED_ROOT; a Sigstore of your own needs both files',
    )
  return ['--signing-config', config, '--trusted-root', trustedRoot]
}

async function verifyOptions(verifier: Verifier, { trustedRoot }: OwnSigstore): Promise<string[]> {
  if (verifier.kind === 'key') return ['--key', verifier.file, '--insecure-ignore-tlog']
  return [
    ...['--certificate-identity-regexp', verifier.subject, '--certificate-oidc-issuer-regexp', verifier.issuer],
    ...(verifier.event === undefined ? [] : ['--certificate-github-workflow-trigger', verifier.event]),
    ...(await readTrust(trustedRoot)),
  ]
}

/** Plain HTTP is for a registry on this machine. */
const registryOptions = (nameAtDigest: string) => (isLoopback(nameAtDigest) ? ['--allow-http-registry'] : [])
