import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import {
  acceptedIdentity,
  describeIdentity,
  type EnvironmentName,
  type Identities,
  identitiesFile,
  issuerPattern,
  readIdentities,
} from '../signing/identities.ts'
import { keyFile, readPublicKeys } from '../signing/public-keys.ts'

type File = { path: string; text: string }

/** The public keys of identities, by identity, as PEM. Without any, signatures are verified by the signer's certificate. */
export type Keys = ReadonlyMap<string, string>

const secretName = 'signers'
/** Which folder of flux/ is which environment. */
const folders = [
  ['flux/previews', 'preview'],
  ['flux/nonprod', 'nonprod'],
  ['flux/prod', 'prod'],
] as const

/** `spec.verify` of whatever Flux fetches for an environment. */
export function verifyOf(identities: Identities, environment: EnvironmentName, keys: Keys): object {
  if (acceptedKeys(identities, environment, keys).length > 0)
    return { provider: 'cosign', secretRef: { name: secretName } }
  // One entry with an alternation in it: cosign takes no second identity where it verifies bundles.
  const identity = { issuer: issuerPattern(identities), subject: acceptedIdentity(identities, environment) }
  return { provider: 'cosign', matchOIDCIdentity: [identity] }
}

/** The Secret that `spec.verify` names, when signatures are made by key: Flux tries each key in it. */
function signersSecret(identities: Identities, environment: EnvironmentName, keys: Keys): object | undefined {
  const accepted = acceptedKeys(identities, environment, keys)
  if (accepted.length === 0) return undefined
  const stringData = Object.fromEntries(accepted.map(name => [`${name}.pub`, keys.get(name)]))
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName }, stringData }
}

const acceptedKeys = ({ environments }: Identities, environment: EnvironmentName, keys: Keys) =>
  environments[environment].filter(name => keys.has(name))

/** A component `verify` for each environment of flux/: who has to have signed. */
export function renderVerifiers(identities: Identities, keys: Keys): File[] {
  return folders.flatMap(([parent, environment]) => {
    const folder = `${parent}/verify`
    const secret = signersSecret(identities, environment, keys)
    const who = identities.environments[environment].map(name => describeIdentity(identities, name)).join(' or ')
    const add = { op: 'add', path: '/spec/verify', value: verifyOf(identities, environment, keys) }
    const component = {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      ...(secret && { resources: [`${secretName}.yaml`] }),
      patches: [{ target: { kind: 'OCIRepository' }, patch: print([add]) }],
    }
    const mark = `# Generated from ${identitiesFile} by ./fairlead manifests --write. Changes here are lost.\n`
    return [
      { path: `${folder}/kustomization.yaml`, text: `${mark}# Has to be signed by ${who}.\n${print(component)}` },
      ...(secret ? [{ path: `${folder}/${secretName}.yaml`, text: mark + print(secret) }] : []),
    ]
  })
}

// Long patterns stay on one line.
const print = (value: unknown) => stringify(value, { lineWidth: 0 })

/** Those that have to be written, because they are not what the identities say. */
export async function findStaleVerifiers(root: string): Promise<File[]> {
  const files = renderVerifiers(await readIdentities(root), await readKeys(root))
  const now = await Promise.all(files.map(({ path }) => readNow(join(root, path))))
  return files.filter(({ text }, index) => text !== now[index])
}

/** Brings them up to date; resolves to the paths of those that were not. */
export async function writeVerifiers(root: string): Promise<string[]> {
  const stale = await findStaleVerifiers(root)
  for (const { path, text } of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return stale.map(({ path }) => path)
}

async function readKeys(root: string): Promise<Keys> {
  const found = await readPublicKeys(root)
  return new Map(
    await Promise.all(
      found.map(
        async ({ name }): Promise<[string, string]> => [name, await readFile(join(root, keyFile(name)), 'utf8')],
      ),
    ),
  )
}

const readNow = async (path: string) => (existsSync(path) ? await readFile(path, 'utf8') : undefined)
