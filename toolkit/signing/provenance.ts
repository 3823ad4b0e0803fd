import type { Source } from '../record/record.ts'
import type { BaseImage } from './base-images.ts'

/** Who builds: in GitHub Actions the workflow at its ref. Kept apart from the record, which says what was built. */
export type Builder = {
  /** URI; in GitHub Actions the same as the subject of the workflow's certificate. */
  id: string
  /** URL of this run and attempt. */
  invocation: string
  workflow?: { path: string; ref: string; repository: string }
  hosted?: string
}

/** https://slsa.dev/spec/v1.0/provenance, as far as we fill it. */
export type Provenance = {
  buildDefinition: {
    buildType: string
    externalParameters: object
    internalParameters: object
    resolvedDependencies: { uri: string; digest?: Record<string, string> }[]
  }
  runDetails: { builder: { id: string }; metadata: { invocationId: string; finishedOn: string } }
}

export const provenanceType = 'https://slsa.dev/provenance/v1'

type About = {
  server: string
  repository: string
  source: Source
  builder: Builder
  baseImages: readonly BaseImage[]
  at: string
}

export function createProvenance({ server, repository, source, builder, baseImages, at }: About): Provenance {
  const { commit, ref, event } = source
  return {
    buildDefinition: {
      // The type that GitHub documents for its own workflows; a laptop runs the same steps by hand.
      buildType: builder.workflow
        ? 'https://actions.github.io/buildtypes/workflow/v1'
        : 'https://fairlead.dev/buildtypes/laptop/v1',
      externalParameters: builder.workflow ? { workflow: builder.workflow } : {},
      internalParameters: builder.workflow
        ? { github: { event_name: event, runner_environment: builder.hosted ?? 'unknown' } }
        : {},
      resolvedDependencies: [
        { uri: `git+${server}/${repository}@${ref}`, digest: { gitCommit: commit } },
        ...baseImages.map(({ name, digest }) => ({
          uri: `docker://${name}`,
          ...(digest !== undefined && { digest: { sha256: digest.slice('sha256:'.length) } }),
        })),
      ],
    },
    runDetails: { builder: { id: builder.id }, metadata: { invocationId: builder.invocation, finishedOn: at } },
  }
}

/** From the variables of GitHub Actions; on a laptop a builder that no environment accepts. */
export function readBuilder(env: NodeJS.ProcessEnv): Builder {
  const { GITHUB_ACTIONS, GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env
  if (GITHUB_ACTIONS !== 'true') return { id: 'urn:fairlead:laptop', invocation: 'urn:fairlead:laptop' }
  const server = env.GITHUB_SERVER_URL ?? 'https://github.com'
  const [, repository, path, ref] = /^([^/]+\/[^/]+)\/([^@]+)@(.+)$/.exec(GITHUB_WORKFLOW_REF ?? '') ?? []
  if (repository === undefined || path === undefined || ref === undefined)
    throw new Error(
      'GITHUB_WORKFLOW_REF: expected <owner>/<name>/<path of the workflow>@<ref>, as GitHub Actions sets it',
    )
  return {
    id: `${server}/${GITHUB_WORKFLOW_REF}`,
    invocation: `${server}/${GITHUB_REPOSITORY ?? repository}/actions/runs/${GITHUB_RUN_ID ?? '0'}/attempts/${GITHUB_RUN_ATTEMPT ?? '1'}`,
    workflow: { path, ref, repository: `${server}/${repository}` },
    ...(env.RUNNER_ENVIRONMENT !== undefined && { hosted: env.RUNNER_ENVIRONMENT }),
  }
}
