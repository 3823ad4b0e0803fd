import { isRepository } from './github-api.ts'
import { parseOptions } from './options.ts'
import { type Gated, gatedArtifact } from './promote/gated.ts'
import { promoteToNonprod } from './promote/nonprod.ts'
import { promoteToProd } from './promote/prod.ts'
import type { Evidence } from './promote/pull-text.ts'
import { readRecord, recordFile } from './record/record.ts'
import { withLogin } from './registry/login.ts'
import { atDigest, checkDigest, imageName, registryBase } from './registry/reference.ts'
import { type Identities, readIdentities } from './signing/identities.ts'
import { signDigest } from './signing/sign-digest.ts'
import { verifyDigest } from './signing/verify-digest.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { conclude } from './verdict.ts'

const options = {
  to: { type: 'string' },
  artifact: { type: 'string', default: 'service' },
  digest: { type: 'string' },
  repo: { type: 'string' },
  path: { type: 'string' },
  key: { type: 'string', default: 'spec.values.image.digest' },
} as const

export const promote: Step = {
  name: 'promote',
  summary: 'Let an environment have a digest: nonprod at once, prod by a pull request.',
  help: `Usage: ./fairlead promote --to nonprod [--artifact service]
       ./fairlead promote --to prod [--artifact service] [--digest sha256:…] [--repo owner/name]

nonprod: publishes flux/base and flux/nonprod with the digest of the build record as a signed artifact, and moves the tag
that Flux follows. prod: opens a pull request that changes one digest in flux/prod, and closes older ones. Both take what
the gate allowed, and nothing else; the same digest again changes nothing.

  --to <environment>     nonprod or prod
  --artifact <name>      which of the record; default service
  --digest <sha256:…>    prod: this one, which is verified now; default: that of the record
  --repo <owner/name>    prod: the repository that holds the releases; default PROMOTE_REPOSITORY, or this one
  --path <file>          the file with the digest; default flux/<environment>/release.yaml
  --key <a.b.c>          where in that file; default spec.values.image.digest

PROMOTE_TOKEN opens the pull request; without it GITHUB_TOKEN does, in this repository only, and no checks start. With
PROMOTE_AUTHOR ("Name <address>") somebody else than github-actions[bot] is the author of the commit.`,
  async run(args, context) {
    const { values } = parseOptions(args, options)
    const { to, repo = context.env.PROMOTE_REPOSITORY } = values
    if (to !== 'nonprod' && to !== 'prod') throw new UsageError(`--to: expected nonprod or prod, got "${to ?? ''}"`)
    if (to === 'nonprod' && (values.digest ?? values.repo) !== undefined)
      throw new UsageError('--digest and --repo go with --to prod; nonprod gets what the record says')
    if (repo !== undefined && !isRepository(repo)) throw new UsageError(`--repo: expected owner/name, got "${repo}"`)
    const choice = { ...values, path: values.path ?? `flux/${to}/release.yaml` }
    context.print(
      to === 'prod'
        ? `promote: proposes one digest for prod, in ${choice.path}`
        : 'promote: publishes flux/nonprod with one digest, signs it, and moves the tag nonprod',
    )
    return conclude('promote', context, () =>
      to === 'prod' ? prod({ ...choice, repo }, context) : nonprod(choice, context),
    )
  },
}

type Choice = { artifact: string; digest?: string | undefined; path: string; key: string; repo?: string | undefined }

async function nonprod({ artifact: name, path, key }: Choice, context: Context): Promise<string> {
  const record = await readRecord(context)
  const identities = await readIdentities(context.root)
  const artifact = gatedArtifact(record, name, 'nonprod', { identities, file: recordFile(context) })
  const base = registryBase(context.env)
  return withLogin(context, base, async inside => {
    await verifyAgain(artifact, 'nonprod', record.source.commit, inside)
    // Who signs here may be another workflow than the one that Flux takes; better told now than never deployed.
    const sign = async (nameAtDigest: string) => {
      await signDigest(inside, nameAtDigest)
      await verifyDigest(inside, { nameAtDigest, environment: 'nonprod', demand: 'signature' })
    }
    return promoteToNonprod({ record, name, artifact, base, path, key, server: serverOf(context), sign }, inside)
  })
}

async function prod({ artifact: name, digest, path, key, repo }: Choice, context: Context): Promise<string> {
  const identities = await readIdentities(context.root)
  const remote = remoteOf(repo, identities, context)
  const found = await (digest === undefined
    ? fromRecord(name, identities, context)
    : fromRegistry(name, digest, context))
  return promoteToProd({ remote, path, key, artifact: name, ...found }, context)
}

type Found = { image: string; digest: string; evidence: Evidence }

async function fromRecord(name: string, identities: Identities, context: Context): Promise<Found> {
  const record = await readRecord(context)
  const { source } = record
  const artifact = gatedArtifact(record, name, 'prod', { identities, file: recordFile(context) })
  const base = registryBase(context.env)
  await withLogin(context, base, inside => verifyAgain(artifact, 'prod', source.commit, inside))
  return { image: artifact.name, digest: artifact.digest, evidence: { kind: 'record', source, artifact } }
}

/** A record is a file that came from another job; the registry has what cannot be written by hand. */
const verifyAgain = ({ name, digest }: Gated, environment: 'nonprod' | 'prod', commit: string, context: Context) =>
  verifyDigest(context, { nameAtDigest: atDigest(name, digest), environment, demand: 'image', commit })

/** Without a record nobody says what the gate did; what prod asks of the registry has to speak for it. */
async function fromRegistry(name: string, digest: string, context: Context): Promise<Found> {
  const base = registryBase(context.env)
  const image = imageName(base, name)
  const nameAtDigest = atDigest(image, checkDigest(digest, '--digest'))
  const question = { nameAtDigest, environment: 'prod', demand: 'image' } as const
  const { seen: detail } = await withLogin(context, base, inside => verifyDigest(inside, question))
  return { image, digest, evidence: { kind: 'verified', detail } }
}

function remoteOf(repo: string | undefined, { repository }: Identities, context: Context) {
  const here = context.env.GITHUB_REPOSITORY ?? repository
  const target = repo ?? here
  const tokenName = context.env.PROMOTE_TOKEN || target !== here ? 'PROMOTE_TOKEN' : 'GITHUB_TOKEN'
  const token = context.env[tokenName]
  if (token === undefined) {
    const why = target === here ? 'nothing here may push a branch' : `GITHUB_TOKEN reaches no further than ${here}`
    throw new Error(
      `${tokenName} is not set, and ${why}; it takes contents: write and pull-requests: write on ${target}`,
    )
  }
  return { server: serverOf(context), repository: target, token, tokenName }
}

const serverOf = ({ env }: Context) => env.GITHUB_SERVER_URL ?? 'https://github.com'
