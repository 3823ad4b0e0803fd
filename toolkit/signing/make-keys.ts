import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../step.ts'
import { explain } from './complaint.ts'
import { createCosign } from './cosign.ts'
import { type IdentityName, identityNames } from './identities.ts'
import { keyFile, keysFolder } from './public-keys.ts'

/** Where the private halves wait until somebody has put them into secrets; git ignores it. */
const privateFolder = 'out/keys'

/** A key pair for each identity. Refuses to make again what is there: with the old public key old images stay valid. */
export async function makeKeys(context: Context): Promise<string> {
  const { root, env, print } = context
  const password = env.COSIGN_PASSWORD
  if (password === undefined)
    throw new Error(
      'set COSIGN_PASSWORD, which will encrypt the private keys, for example by: read -rs COSIGN_PASSWORD; export COSIGN_PASSWORD',
    )
  const there = identityNames.map(keyFile).filter(file => existsSync(join(root, file)))
  if (there.length > 0)
    throw new Error(
      `${there.join(', ')} exist; delete them first, if nothing that they signed is to be accepted any more`,
    )
  const cosign = await createCosign(context)
  await mkdir(join(root, keysFolder), { recursive: true })
  for (const name of identityNames) {
    const folder = join(root, privateFolder, name)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const exit = await cosign.makeKeys(folder, password)
    if (exit.code !== 0) throw new Error(`no key for ${name}: ${explain(exit)}`)
    await chmod(join(folder, 'cosign.key'), 0o600)
    await copyFile(join(folder, 'cosign.pub'), join(root, keyFile(name)))
  }
  for (const line of whatNext()) print(line)
  return `${identityNames.length} key pairs`
}

// A secret of an environment reaches only runs on the branches that this environment allows; one of the repository reaches every
// branch, and so every pull request that is not from a fork.
const places: Record<IdentityName, string> = {
  'pull-request': '--env preview, which every branch may use',
  trunk: '--env nonprod, which only main may use',
  release: '--env prod, which only tags release/* may use',
  previews: '--env previews, which only main may use',
}

function whatNext(): string[] {
  return [
    `Commit ${keysFolder}/*.pub: verifiers read them, and from now on signatures are made by key.`,
    'Each private key becomes the secret COSIGN_PRIVATE_KEY, and its password COSIGN_PASSWORD, of its own environment:',
    ...identityNames.map(
      name =>
        `  ${name.padEnd(13)} gh secret set COSIGN_PRIVATE_KEY < ${privateFolder}/${name}/cosign.key   ${places[name]}`,
    ),
    `Then delete ${privateFolder}. Nobody needs a copy: new keys are made as these were.`,
  ]
}
