import { appendFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { createBom } from '../bundle/bom.ts'
import { type Artifact, type BuildRecord, readRecord, writeRecord } from '../record/record.ts'
import type { Context, Step } from '../step.ts'
import { createFolder } from './folder.ts'
import { saveImage } from './saved-image.ts'
import { type Advisory, writeTrivyDatabase } from './trivy-database.ts'

const checkout = join(import.meta.dirname, '../..')

/** Known to everybody: CVE-2021-44906 of minimist. */
export const minimist: Advisory = {
  id: 'CVE-2021-44906',
  package: 'minimist',
  vulnerable: ['<1.2.6'],
  patched: ['1.2.6'],
  severity: 'CRITICAL',
  title: 'prototype pollution in minimist',
}

type Versions = Record<string, string>

/** What package-lock.json says of packages. */
function lockfileOf(versions: Versions): string {
  const packages = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }])
  const own = { name: 'shop', version: '1.0.0', dependencies: versions }
  const content = {
    name: 'shop',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': own, ...Object.fromEntries(packages) },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** The files of an image that ships these packages in a bundle. */
export function bundleOf(versions: Versions): Map<string, string> {
  const paths = Object.keys(versions).map(name => `node_modules/${name}`)
  const graph = new Map([['', new Set(paths)], ...paths.map(path => [path, new Set<string>()] as const)])
  const bom = createBom({ name: 'shop', version: '1.0.0' }, graph, JSON.parse(lockfileOf(versions)))
  return new Map([
    ['app/package.json', '{ "type": "module" }\n'],
    ['app/service/main.js', '// all packages in one file\n'],
    ['app/service/bom.cdx.json', bom],
  ])
}

export type ScanCheckout = {
  root: string
  context: Context
  /** Everything that was printed. */
  output(): string
  run(step: Step, args?: string[], env?: NodeJS.ProcessEnv): Promise<number>
  write(file: string, text: string): Promise<void>
  artifact(): Promise<Artifact | undefined>
}

/** A checkout with a lockfile, the saved image `service`, a build record that is about it, and a database of advisories. */
export async function createScanCheckout(
  t: TestContext,
  { locked, image, advisories }: { locked: Versions; image: Map<string, string>; advisories: readonly Advisory[] },
): Promise<ScanCheckout> {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const root = folder.path
  const printed: string[] = []
  const print = (line: string) => {
    printed.push(line)
    if (process.env.TEST_OUTPUT_DIR) appendFileSync(join(process.env.TEST_OUTPUT_DIR, 'scan'), `${line}\n`)
  }
  const env = {
    ...process.env,
    GITHUB_ACTIONS: '',
    TRIVY_CACHE_DIR: join(root, '.local/trivy'),
    TRIVY_SKIP_DB_UPDATE: 'true',
  }
  const context: Context = { root, env, signal: t.signal, hurry: t.signal, print }
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  await symlink(join(checkout, 'third-party'), join(root, 'third-party'))
  await write('package.json', JSON.stringify({ name: 'shop', version: '1.0.0', dependencies: locked }))
  await write('package-lock.json', lockfileOf(locked))
  await write('.ci/cannot-run', '')
  const id = await saveImage(join(root, 'out/service.tar'), image)
  await writeRecord(context, recordOf(id))
  await writeTrivyDatabase(env.TRIVY_CACHE_DIR, advisories, context)
  return {
    root,
    context,
    output: () => printed.join('\n'),
    run: (step, args = [], more = {}) => step.run(args, { ...context, env: { ...env, ...more } }),
    write,
    artifact: async () => (await readRecord(context)).artifacts.service,
  }
}

const recordOf = (id: string): BuildRecord => ({
  version: 1,
  source: { repository: 'acme/shop', commit: 'a'.repeat(40), ref: 'refs/heads/main', event: 'push', dirty: false },
  tags: ['latest'],
  artifacts: {
    service: { kind: 'image', name: 'ghcr.io/acme/shop/service', id, file: 'out/service.tar', tags: ['latest'] },
  },
})
