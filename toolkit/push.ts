import { parseOptions } from './options.ts'
import { pushArtifact, whyNotToPush } from './push/push-artifact.ts'
import { builtArtifacts, withArtifact } from './record/needs.ts'
import { type BuildRecord, entry, readRecord, updateRecord } from './record/record.ts'
import { withLogin } from './registry/login.ts'
import { registryBase } from './registry/reference.ts'
import { createRegistry } from './registry/registry.ts'
import type { Context, Step } from './step.ts'
import { conclude, Skipped } from './verdict.ts'

export const push: Step = {
  name: 'push',
  summary: 'Push the images and charts of the record by digest, without a tag.',
  help: [
    'Usage: ./fairlead push',
    '',
    'Nobody finds what has no tag: ./fairlead gate writes the tags, once that digest is signed, attested and verified.',
    'Refused: what no container test was of, what was changed since, and anything of a tree with changes that no commit has.',
    'Skipped: a pull request of a fork, whose token may only read.',
    '',
    '  REGISTRY                          registry and path; default ghcr.io/<owner>/<repository>',
    '  REGISTRY_USER, REGISTRY_PASSWORD  who logs in; without them whatever docker login has left',
    '  ECR                               with REGISTRY=<account>.dkr.ecr.<region>.amazonaws.com/<path> and AWS_* of a role',
  ].join('\n'),
  async run(args, context) {
    parseOptions(args, {})
    return conclude('push', context, () => pushAll(context))
  },
}

async function pushAll(context: Context): Promise<string> {
  const record = await readRecord(context)
  const all = builtArtifacts(record.artifacts)
  const base = registryBase(context.env)
  context.print(`pushes ${all.map(([key]) => key).join(', ')} to ${base}`)
  const reason = whySkipped(record)
  if (reason !== undefined) {
    for (const [key, { skipped = [] }] of all)
      await updateRecord(context, now => withArtifact(now, key, { skipped: [...skipped, { step: 'push', reason }] }))
    throw new Skipped(reason)
  }
  if (record.source.dirty)
    throw new Error(
      'it was built from a tree with changes that no commit has; commit them and begin again with ./fairlead image-tag',
    )
  for (const [key, artifact] of all) {
    if (!artifact.name.startsWith(`${base}/`))
      throw new Error(
        `${key} was built for ${artifact.name}, and REGISTRY is ${base}; begin again with ./fairlead image-tag`,
      )
    const problem = whyNotToPush(key, artifact)
    if (problem !== undefined) throw new Error(problem)
  }
  return withLogin(context, base, async context => {
    const registry = await createRegistry(context)
    const said: string[] = []
    for (const [key, artifact] of all) {
      const digest = await pushArtifact(key, artifact, { registry, context })
      await updateRecord(context, now => withArtifact(now, key, { digest, push: entry(context, digest) }))
      said.push(`${artifact.name}@${digest}`)
    }
    return said.join(', ')
  })
}

const whySkipped = ({ source }: BuildRecord): string | undefined =>
  source.fork
    ? `pull request ${source.pullRequest} is of a fork, whose token may write nothing here; a maintainer can push the branch to this repository`
    : undefined
