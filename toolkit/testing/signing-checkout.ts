import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Artifact, type BuildRecord, writeRecord } from '../record/record.ts'
import { writeLayout } from '../registry/layout.ts'
import { createRegistry } from '../registry/registry.ts'
import { identitiesFile, parseIdentities } from '../signing/identities.ts'
import type { Context } from '../step.ts'
import { createFolder } from './folder.ts'
import type { Run } from './oidc-issuer.ts'

const checkout = join(import.meta.dirname, '../..')

const commit = '0123456789abcdef0123456789abcdef01234567'

/** The runs of a workflow that .github/identities.json knows. */
const run = (workflow: string, ref: string, event: string) => ({ repository: 'acme/hello-world', workflow, ref, event })
export const runs = {
  trunk: run('ci.yml', 'refs/heads/main', 'push'),
  pull: run('ci.yml', 'refs/pull/7/merge', 'pull_request'),
  release: run('release.yml', 'refs/tags/release/1.2.3', 'push'),
  previews: run('preview.yml', 'refs/heads/main', 'pull_request_target'),
} satisfies Record<string, Run>

/** A checkout as far as signing looks at it, whose repository trusts the tokens of that issuer. */
export async function createSigningCheckout(issuer?: string): Promise<AsyncDisposable & { path: string }> {
  const folder = await createFolder()
  const path = (name: string) => join(folder.path, name)
  await symlink(join(checkout, 'third-party'), path('third-party'))
  await mkdir(path('.github'))
  await cp(join(checkout, 'Dockerfile'), path('Dockerfile'))
  const identities = parseIdentities(await readFile(join(checkout, identitiesFile), 'utf8'))
  await writeFile(path(identitiesFile), JSON.stringify({ ...identities, ...(issuer && { issuer }) }))
  const repository = { full_name: 'acme/hello-world', visibility: 'public', owner: { type: 'Organization' } }
  await writeFile(path('event.json'), JSON.stringify({ repository }))
  return folder
}

/** What that run of a workflow of a public repository finds in its environment. */
export const actionsEnv = (root: string, { repository, workflow, ref, event }: Run): NodeJS.ProcessEnv => ({
  ...process.env,
  ...{ GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: repository },
  ...{ GITHUB_WORKFLOW_REF: `${repository}/.github/workflows/${workflow}@${ref}`, GITHUB_REF: ref },
  ...{ GITHUB_EVENT_NAME: event, GITHUB_SHA: commit, GITHUB_EVENT_PATH: join(root, 'event.json') },
})

/** An image of one file in the registry, and what the steps before `sign` have written down about it. */
export async function pushImage(
  context: Context,
  name: string,
  content: string,
): Promise<Artifact & { digest: string }> {
  const layout = join(context.root, 'out', 'layout')
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [] },
    history: [],
  }
  const { id } = await writeLayout(layout, {
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      bytes: Buffer.from(JSON.stringify({ ...config, content })),
    },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', bytes: Buffer.from(content) }],
  })
  const digest = await (await createRegistry(context)).push(layout, name)
  const sbom = JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: content }],
  })
  await writeFile(join(context.root, 'out/sbom.json'), sbom)
  const at = (subject: string) => ({ at: new Date().toISOString(), by: 'local:test@test', subject })
  const file = { path: 'out/sbom.json', sha256: createHash('sha256').update(sbom).digest('hex') }
  const tool = { tool: 'trivy', version: '1', database: 'today', high: 0, critical: 0, accepted: [] }
  return {
    ...{ kind: 'image', name, id, file: 'out/layout', tags: [], digest, push: at(digest) },
    ...{ scan: { ...at(id), ...tool }, sbom: { ...at(id), cyclonedx: file, spdx: file } },
  }
}

export async function recordOf(context: Context, artifacts: Record<string, Artifact>, by: Run = runs.trunk) {
  const { repository, ref, event } = by
  const source = { repository, commit, ref, event, dirty: false }
  const record: BuildRecord = { version: 1, source, tags: [], artifacts }
  await writeRecord(context, record)
}
