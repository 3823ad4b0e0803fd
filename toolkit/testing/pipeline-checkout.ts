import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact, BuildRecord, Source } from '../record/record.ts'
import { writeRecord } from '../record/record.ts'
import { writeLayout } from '../registry/layout.ts'
import { chartName, imageName } from '../registry/reference.ts'
import type { Context } from '../step.ts'
import { createContext } from './context.ts'
import { createFolder } from './folder.ts'
import { saveImage } from './saved-image.ts'

const checkout = join(import.meta.dirname, '../..')

export const commit = '0123456789abcdef0123456789abcdef01234567'

export const trunk: Source = {
  ...{ repository: 'acme/hello-world', commit, ref: 'refs/heads/main', event: 'push', dirty: false },
}

type Checkout = AsyncDisposable & { context: Context & { lines: string[] } }

/** A checkout as far as `push` and `gate` look at it, whose images and charts go below <host>/shop. */
export async function createPipelineCheckout(host: string, env: NodeJS.ProcessEnv = {}): Promise<Checkout> {
  const folder = await createFolder()
  await symlink(join(checkout, 'third-party'), join(folder.path, 'third-party'))
  const context = createContext({ root: folder.path })
  return {
    context: { ...context, env: { ...context.env, REGISTRY: `${host}/shop`, ...env } },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

export const about = (subject: string) => ({ at: '2026-11-20T10:00:00.000Z', by: 'local:ann@desk', subject })

/** A record of one image and its chart, built of `content`, tested and scanned, and not yet pushed. */
export async function buildSample(
  context: Context,
  {
    content = 'one',
    source = trunk,
    tags = ['latest', `sha-${commit}`],
  }: { content?: string; source?: Source; tags?: string[] } = {},
): Promise<BuildRecord> {
  const base = context.env.REGISTRY ?? ''
  const revision = { 'org.opencontainers.image.revision': source.commit }
  const id = await saveImage(join(context.root, 'out/service.tar'), new Map([['app/main.js', content]]), revision)
  const chart = await writeLayout(join(context.root, 'out/chart-service.oci'), {
    config: {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      bytes: Buffer.from(JSON.stringify({ name: content })),
    },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', bytes: Buffer.from(content) }],
    annotations: revision,
  })
  const file = { path: 'out/sbom', sha256: 'd'.repeat(64) }
  const service: Artifact = {
    ...{ kind: 'image', name: imageName(base, 'service'), id, file: 'out/service.tar', tags },
    containerTest: { ...about(id), line: 'a 1' },
    sbom: { ...about(id), cyclonedx: file, spdx: file },
    scan: { ...about(id), tool: 'trivy', version: '1', database: 'today', high: 0, critical: 0, accepted: [] },
  }
  const record: BuildRecord = {
    ...{ version: 1, source, tags },
    artifacts: {
      service,
      'chart-service': {
        ...{ kind: 'chart', name: chartName(base, 'service'), id: chart.id, file: 'out/chart-service.oci', tags },
      },
    },
  }
  await writeRecord(context, record)
  return record
}
