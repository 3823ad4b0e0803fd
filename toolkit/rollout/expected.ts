import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readGithub } from '../github.ts'
import { nonprodName, nonprodTag } from '../promote/nonprod.ts'
import { readRecord } from '../record/record.ts'
import { readSource } from '../record/source.ts'
import { registryBase } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import type { Context } from '../step.ts'

/** What Flux is to bring about. */
export type Expected = {
  /** The commit whose statuses tell of it. */
  commit: string
  /** 64 hex digits of the artifact that Flux follows in nonprod. */
  artifact?: string
}

/**
 * In nonprod Flux follows an artifact, and tells its statuses to the commit that the artifact's annotation names (its origin
 * revision); in prod it follows git.
 */
export async function expectedIn(environment: 'nonprod' | 'prod', context: Context): Promise<Expected> {
  if (environment === 'prod') return { commit: readGithub(context.env)?.sha ?? (await readSource(context)).commit }
  const reference = `${nonprodName(registryBase(context.env))}:${nonprodTag}`
  const registry = await createRegistry(context)
  const digest = await registry.digest(reference)
  if (digest === undefined) throw new Error(`there is no ${reference}; run ./fairlead promote --to nonprod first`)
  const { annotations = {} } = await registry.manifest(`${nonprodName(registryBase(context.env))}@${digest}`)
  const revision = annotations['org.opencontainers.image.revision'] ?? ''
  const commit = /(?:^|@sha1:)([0-9a-f]{40})$/.exec(revision)?.[1]
  if (commit === undefined)
    throw new Error(`${reference} names no commit (org.opencontainers.image.revision "${revision}")`)
  return { commit, artifact: digest.replace('sha256:', '') }
}

export type Release = { name: string; namespace: string; digest: string }

/** Which pods to look at, and the digest they are to run: that of the record in nonprod, that of git in prod. */
export async function releaseIn(environment: 'nonprod' | 'prod', artifact: string, context: Context): Promise<Release> {
  const read = async (file: string) => parse(await readFile(join(context.root, 'flux', environment, file), 'utf8'))
  const release = await read('release.yaml')
  const { namespace } = await read('kustomization.yaml')
  const digest =
    environment === 'prod'
      ? release?.spec?.values?.image?.digest
      : (await readRecord(context)).artifacts[artifact]?.digest
  const name = release?.metadata?.name
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof digest !== 'string')
    throw new Error(`flux/${environment} does not say which release, namespace and digest to look for`)
  return { name, namespace, digest }
}
