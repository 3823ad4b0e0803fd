import { globSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addSummary, setOutput } from '../github.ts'
import type { BuildRecord } from '../record/record.ts'
import { readSource } from '../record/source.ts'
import { publishFolder } from '../registry/publish.ts'
import { atDigest, chartName, chartTagOf } from '../registry/reference.ts'
import { createRegistry, type Registry } from '../registry/registry.ts'
import type { Context } from '../step.ts'
import { decode, editDigest } from './edit-digest.ts'
import type { Gated } from './gated.ts'
import { shortDigest } from './pull-text.ts'

export type NonprodRequest = {
  record: BuildRecord
  name: string
  artifact: Gated
  /** Registry and path below which everything of this repository lies. */
  base: string
  /** Below the root: the file that names the digest, and the key in it. */
  path: string
  key: string
  server: string
  /** Signs, and asks whether nonprod would take what was signed. */
  sign(nameAtDigest: string): Promise<unknown>
}

/** What Flux follows in nonprod: OCIRepository <base>/flux-nonprod, tag `nonprod`, path ./flux/nonprod. */
export const nonprodName = (base: string): string => `${base}/flux-nonprod`
export const nonprodTag = 'nonprod'

const folders = ['flux/base', 'flux/nonprod']

/**
 * Publishes the files of nonprod, with the digest, as one signed artifact. The tag that Flux follows is written last: until
 * then nothing has happened, and a run that broke off can be repeated.
 */
export async function promoteToNonprod(request: NonprodRequest, context: Context): Promise<string> {
  const { record, artifact, name, base, sign } = request
  const registry = await createRegistry(context)
  await demandChart(request, registry)
  const files = await renderNonprod(request, context)
  const place = nonprodName(base)
  const revision = `${record.source.ref.replace(/^refs\/(heads|tags)\//, '')}@sha1:${record.source.commit}`
  const source = `${request.server}/${record.source.repository}`
  const { digest } = await publishFolder({ files, name: place, source, revision }, context)
  const reference = atDigest(place, digest)
  const moved = `${name} ${shortDigest(artifact.digest)} for nonprod`
  const isThere = (await registry.digest(`${place}:${nonprodTag}`)) === digest
  if (!isThere) {
    await sign(reference)
    await registry.tag(reference, nonprodTag)
  }
  await setOutput(context, 'artifact', reference)
  await addSummary(context, `Nonprod: \`${artifact.name}@${artifact.digest}\` by \`${reference}\``)
  return isThere
    ? `nothing to change: ${place}:${nonprodTag} is ${moved} already`
    : `${moved}: ${reference}, signed, is ${nonprodTag} now`
}

/** The chart of the same commit has a tag made of the digest; without it Flux would find an image that no chart installs. */
async function demandChart({ artifact, base, name }: NonprodRequest, registry: Registry): Promise<void> {
  const chart = `${chartName(base, name)}:${chartTagOf(artifact.digest)}`
  if ((await registry.digest(chart)) !== undefined) return
  throw new Error(`there is no chart ${chart}; ./fairlead chart package makes it and ./fairlead gate gives it that tag`)
}

/** Every file below flux/ that nonprod is made of, by its path from the root, with the one digest changed. */
async function renderNonprod(
  { record, artifact, path, key }: Pick<NonprodRequest, 'record' | 'artifact' | 'path' | 'key'>,
  context: Context,
): Promise<Map<string, string>> {
  const { commit, dirty } = await readSource(context)
  if (commit !== record.source.commit || dirty)
    throw new Error(
      `the record is about commit ${record.source.commit}, and the files here are ${dirty ? 'changed' : commit}`,
    )
  const paths = folders.flatMap(folder => globSync(`${folder}/**`, { cwd: context.root }))
  const files = paths.filter(each => statSync(join(context.root, each)).isFile()).sort()
  if (!files.includes(path))
    throw new Error(`--path: there is no ${path}; expected a file below ${folders.join(' or ')}`)
  const texts = files.map(async (file): Promise<[string, string]> => {
    try {
      const text = decode(await readFile(join(context.root, file)))
      return [file, file === path ? editDigest(text, key, artifact.digest).text : text]
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
    }
  })
  return new Map(await Promise.all(texts))
}
