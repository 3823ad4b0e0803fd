import { globSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { readTargets } from '../image/images.ts'
import { type Artifact, entry, readRecord, updateRecord } from '../record/record.ts'
import { isRelease, shaTag } from '../record/tags.ts'
import { atDigest, chartName, imageName, registryBase } from '../registry/reference.ts'
import { createRegistry, type Registry } from '../registry/registry.ts'
import { verifyDigest } from '../signing/verify-digest.ts'
import type { Context } from '../step.ts'

type Wanted = { key: string; kind: Artifact['kind']; name: string }

/** What main has built of the commit of a release, found by its tag and verified anew; it becomes the build record. */
export async function findRelease(context: Context): Promise<void> {
  const { source, tags } = await readRecord(context)
  if (!isRelease(source))
    throw new Error(
      `--from-registry is for tags release/<version>, and this is ${source.event} of ${source.ref}; ./fairlead gate alone judges what was built`,
    )
  const registry = await createRegistry(context)
  const found: [string, Artifact][] = []
  for (const wanted of await whatMainBuilds(context)) {
    context.print(`looks for ${wanted.name}:${shaTag(source.commit)}`)
    found.push([wanted.key, { ...(await find(wanted, source.commit, { registry, context })), tags }])
  }
  await updateRecord(context, record => ({ ...record, artifacts: Object.fromEntries(found) }))
}

async function whatMainBuilds({ root, env }: Context): Promise<Wanted[]> {
  const base = registryBase(env)
  const folders = globSync('helm/*/Chart.yaml', { cwd: root })
    .sort()
    .map(file => basename(dirname(file)))
  return [
    ...(await readTargets(root)).map(key => ({ key, kind: 'image' as const, name: imageName(base, key) })),
    ...folders.map(folder => ({ key: `chart-${folder}`, kind: 'chart' as const, name: chartName(base, folder) })),
  ]
}

async function find(
  { key, kind, name }: Wanted,
  commit: string,
  { registry, context }: { registry: Registry; context: Context },
): Promise<Artifact> {
  const digest = await registry.digest(`${name}:${shaTag(commit)}`)
  if (digest === undefined)
    throw new Error(
      `${name} has no tag ${shaTag(commit)}: main has not built that commit, or its gate did not let it through; ` +
        'a release is a commit of main whose run is green',
    )
  const nameAtDigest = atDigest(name, digest)
  const id = (await registry.manifest(nameAtDigest)).config?.digest
  if (id === undefined) throw new Error(`${nameAtDigest} has no config: it is not one ${kind}`)
  const revision = await revisionOf(kind, nameAtDigest, registry)
  if (revision !== commit)
    throw new Error(
      `${nameAtDigest} says that it was built of ${revision ?? 'no commit'}, and the release is ${commit}`,
    )
  const { as, signature } = await verifyDigest(context, { nameAtDigest, environment: 'prod', demand: kind, commit })
  if (as !== 'trunk' && as !== 'release')
    throw new Error(`${nameAtDigest}: expected trunk or release as its identity, got ${as}`)
  const seen = entry(context, digest)
  const types = kind === 'image' ? (['provenance', 'sbom'] as const) : (['provenance'] as const)
  return {
    ...{ kind, name, id, digest, file: `out/${key}.tar`, tags: [] },
    signature: { ...seen, ...signature },
    attestations: types.map(type => ({ ...seen, type })),
    verified: { ...seen, as },
  }
}

async function revisionOf(
  kind: Artifact['kind'],
  nameAtDigest: string,
  registry: Registry,
): Promise<string | undefined> {
  const label = 'org.opencontainers.image.revision'
  if (kind === 'chart') return (await registry.manifest(nameAtDigest)).annotations?.[label]
  const { config } = (await registry.config(nameAtDigest)) as { config?: { Labels?: Record<string, string> } } // OCI's
  return config?.Labels?.[label]
}
