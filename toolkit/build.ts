import { openEngine } from './engine/engine.ts'
import { buildImages } from './image/build.ts'
import { readTargets } from './image/images.ts'
import { saveImage } from './image/saved.ts'
import { parseOptions } from './options.ts'
import { type Artifact, readRecord, type Source, updateRecord } from './record/record.ts'
import { currentSource, readCommitTime } from './record/source.ts'
import { imageName, registryBase } from './registry/reference.ts'
import type { Context, Step } from './step.ts'
import { conclude } from './verdict.ts'

export const build: Step = {
  name: 'build',
  summary: 'Build every image of the commit in the record, and save each to a file that later steps work on.',
  help: [
    'Usage: ./fairlead build',
    '',
    'Each target of Dockerfile becomes out/<target>.tar and an artifact of the build record, by the digest of its config.',
    'Nothing leaves this machine. ./fairlead image-tag comes first; it says which commit this is.',
  ].join('\n'),
  async run(args, context) {
    parseOptions(args, {})
    return conclude('build', context, async () => {
      const source = await currentSource(await readRecord(context), context)
      const targets = await readTargets(context.root)
      context.print(`builds ${targets.join(', ')} of ${source.commit}`)
      const built = await buildAll(targets, source, context)
      await updateRecord(context, record => ({
        ...record,
        source,
        artifacts: {
          ...record.artifacts,
          ...Object.fromEntries(built.map(([key, artifact]) => [key, { ...artifact, tags: record.tags }])),
        },
      }))
      const said = built.map(([key, { id, file }]) => `${key} ${id.slice(0, 19)} in ${file}`).join(', ')
      return source.dirty ? `${said}; of a dirty tree, which ./fairlead push refuses` : said
    })
  },
}

async function buildAll(
  targets: readonly string[],
  { commit }: Source,
  context: Context,
): Promise<[key: string, artifact: Artifact][]> {
  const base = registryBase(context.env)
  const at = await readCommitTime(commit, context)
  const engine = await openEngine(context, { images: ['NODE_IMAGE', 'RUNTIME_IMAGE'] })
  try {
    // Names of their own, so that two checkouts on one machine do not take each other's.
    const tag = commit.slice(0, 12)
    const names = Object.fromEntries(targets.map(target => [`${target.toUpperCase()}_IMAGE`, `built-${target}:${tag}`]))
    const images = await buildImages(
      engine,
      targets,
      { ...context, env: { ...context.env, REVISION: commit } },
      { names },
    )
    const built: [string, Artifact][] = []
    for (const { target, name } of images) {
      const file = `out/${target}.tar`
      const { id, labels } = await saveImage(engine, { name, file, at }, context)
      const revision = labels['org.opencontainers.image.revision']
      if (revision !== commit)
        throw new Error(
          `${target}: its label org.opencontainers.image.revision is ${revision ?? 'absent'}, expected ${commit}`,
        )
      built.push([target, { kind: 'image', name: imageName(base, target), id, file, tags: [] }])
    }
    return built
  } finally {
    await engine.close()
  }
}
