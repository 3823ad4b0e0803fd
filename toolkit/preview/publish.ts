import { readGithub } from '../github.ts'
import { readSource } from '../record/source.ts'
import { publishFolder } from '../registry/publish.ts'
import { atDigest, chartName, imageName } from '../registry/reference.ts'
import { createRegistry, type Registry } from '../registry/registry.ts'
import { signDigest } from '../signing/sign-digest.ts'
import { verifyDigest } from '../signing/verify-digest.ts'
import type { Context } from '../step.ts'
import type { Evidence } from './collect.ts'
import { filesOfSet } from './files.ts'
import type { Preview } from './render.ts'

const tag = 'previews'

/** What the registry has, and whether it is signed by whom .github/identities.json accepts in previews: pull requests. */
export async function createEvidence(context: Context): Promise<Evidence> {
  const registry = await createRegistry(context)
  return {
    digest: (name, of) => registry.digest(`${name}:${of}`),
    async verify(nameAtDigest, demand) {
      await verifyDigest(context, { nameAtDigest, environment: 'preview', demand })
    },
  }
}

/** Pushes the set, signs it, verifies it as Flux will, and only then points the tag that Flux follows at it. */
export async function publishSet(
  previews: readonly Preview[],
  base: string,
  context: Context,
): Promise<{ name: string; digest: string; isNew: boolean }> {
  const name = `${base}/flux-previews`
  const registry: Registry = await createRegistry(context)
  const names = { image: imageName(base, 'service'), chart: chartName(base, 'service') }
  const files = await filesOfSet(context.root, previews, names)
  const { repository, commit, dirty } = await readSource(context)
  if (dirty)
    throw new Error('this checkout has changes that are not committed; what clusters follow comes from a commit')
  const source = `${readGithub(context.env)?.server ?? 'https://github.com'}/${repository}`
  const { digest } = await publishFolder({ files, name, source, revision: `${tag}@sha1:${commit}` }, context)
  const isNew = (await registry.digest(`${name}:${tag}`)) !== digest
  if (isNew) {
    await signDigest(context, atDigest(name, digest))
    await verifyDigest(context, {
      nameAtDigest: atDigest(name, digest),
      environment: 'previews-set',
      demand: 'signature',
    })
    await registry.tag(atDigest(name, digest), tag)
  }
  return { name, digest, isNew }
}
