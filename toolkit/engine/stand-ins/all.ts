import { cp, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildBundle } from '../../bundle/bundler.ts'
import { run } from '../../exec.ts'
import type { Context } from '../../step.ts'
import { findProgram } from '../programs.ts'
import { addBase, addFile, addFolder, addTool, unpackDebian } from './kit.ts'

/** An image of our own in place of one that cannot be had. */
export type StandIn = {
  variable: string
  /** What is in it, for the person who reads that it is not the real one. */
  what: string
  /** Programs of third-party/ in it. */
  tools: string[]
  fill(into: string, context: Context): Promise<void>
  /** Instructions of a Dockerfile. */
  config: string[]
}

const NOBODY = 65_534
const NONROOT = 65_532
const certificates = 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'
const libraries = ['base-files', 'libc6', 'libstdc++6', 'tzdata', 'netbase']

export const standIns: readonly StandIn[] = [
  {
    variable: 'NODE_IMAGE',
    what: "Debian's base, the Node that runs this, and this machine's npm",
    tools: [],
    async fill(into, context) {
      await unpackDebian(into, { variant: 'minbase', packages: ['libstdc++6', 'ca-certificates'] }, context)
      await addFile(process.execPath, into, 'usr/local/bin/node')
      await copyNpm(into, context)
    },
    config: ['CMD ["node"]'],
  },
  {
    variable: 'RUNTIME_IMAGE',
    what: "libraries from Debian's packages, and the Node that runs this",
    tools: [],
    fill: fillRuntime,
    config: ['ENTRYPOINT ["/nodejs/bin/node"]', `USER ${NONROOT}`, 'WORKDIR /home/nonroot', certificates],
  },
  {
    variable: 'POSTGRES_IMAGE',
    what: "Debian's PostgreSQL",
    tools: [],
    async fill(into, context) {
      await unpackDebian(into, { variant: 'minbase', packages: ['postgresql', 'postgresql-client'] }, context)
      await run('sh', ['-c', 'ln -s /usr/lib/postgresql/*/bin/* usr/local/bin/ && rm -rf var/lib/postgresql/*'], {
        cwd: into,
      })
      await addFile(join(import.meta.dirname, 'postgres-entry.sh'), into, 'usr/local/bin/postgres-entry')
    },
    config: [
      'ENTRYPOINT ["postgres-entry"]',
      'CMD ["postgres"]',
      'ENV PGDATA=/var/lib/postgresql/data',
      'USER postgres',
    ],
  },
  {
    variable: 'FLAGD_IMAGE',
    what: 'a small server of flag files, without evaluation',
    tools: [],
    async fill(into, context) {
      await fillRuntime(into, context)
      const target = { name: 'flagd', entries: { flagd: 'toolkit/engine/stand-ins/flagd.ts' } }
      const { files } = await buildBundle(context.root, target)
      await addFolder(into, 'flagd', 0, 0o755)
      for (const [file, text] of files) await writeFile(join(into, 'flagd', file), text)
      await writeFile(join(into, 'flagd/package.json'), '{ "type": "module" }\n')
    },
    config: [
      // Small heap spaces: beside the real flagd it has to live within 48 MiB.
      'ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=1", "--max-old-space-size=24", "/flagd/flagd.js"]',
      `USER ${NONROOT}`,
    ],
  },
  {
    variable: 'PROMETHEUS_IMAGE',
    what: 'Prometheus built from third-party/prometheus, without its web pages',
    tools: ['prometheus', 'promtool'],
    async fill(into, context) {
      await fillStatic(into, { prometheus: '/bin/prometheus', promtool: '/bin/promtool' }, context)
      await addFolder(into, 'prometheus', NOBODY, 0o755)
    },
    config: [
      ...['ENTRYPOINT ["/bin/prometheus"]', `USER ${NOBODY}`, 'WORKDIR /prometheus', 'EXPOSE 9090', certificates],
      'CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]',
    ],
  },
  {
    variable: 'ALERTMANAGER_IMAGE',
    what: 'Alertmanager built from third-party/alertmanager',
    tools: ['alertmanager', 'amtool'],
    async fill(into, context) {
      await fillStatic(into, { alertmanager: '/bin/alertmanager', amtool: '/bin/amtool' }, context)
      await addFolder(into, 'alertmanager', NOBODY, 0o755)
    },
    config: [
      ...['ENTRYPOINT ["/bin/alertmanager"]', `USER ${NOBODY}`, 'WORKDIR /alertmanager', 'EXPOSE 9093', certificates],
      'CMD ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"]',
    ],
  },
  {
    variable: 'COLLECTOR_IMAGE',
    what: 'an OpenTelemetry collector built from third-party/otelcol',
    tools: ['otelcol'],
    fill: (into, context) => fillStatic(into, { otelcol: '/otelcol' }, context),
    config: ['ENTRYPOINT ["/otelcol"]', 'USER 10001', certificates],
  },
  {
    variable: 'JAEGER_IMAGE',
    what: 'Jaeger built from third-party/jaeger, without its web pages',
    tools: ['jaeger'],
    fill: (into, context) => fillStatic(into, { jaeger: '/jaeger' }, context),
    config: ['ENTRYPOINT ["/jaeger"]', 'USER 10001', certificates],
  },
]

/** As distroless does it: libraries and no program but Node, so no shell either. */
async function fillRuntime(into: string, context: Context): Promise<void> {
  await unpackDebian(into, { variant: 'extract', packages: libraries }, context)
  for (const folder of ['usr/bin', 'usr/sbin', 'bin', 'sbin', 'var/cache', 'var/lib/apt', 'var/lib/dpkg'])
    await rm(join(into, folder), { recursive: true, force: true })
  await addBase(into)
  await addFolder(into, 'home/nonroot', NONROOT, 0o700)
  await addFile(process.execPath, into, 'nodejs/bin/node')
}

async function fillStatic(into: string, tools: Record<string, string>, context: Context): Promise<void> {
  await addBase(into)
  for (const [name, path] of Object.entries(tools)) await addTool(name, into, path, context)
}

/** `bin/npm-cli.js` of the package is what the command `npm` links to. */
async function copyNpm(into: string, { env }: Context): Promise<void> {
  const cli = await findProgram('npm', env)
  if (!cli?.endsWith('/bin/npm-cli.js')) throw new Error(`npm: expected a link to npm-cli.js on PATH, got ${cli}`)
  await cp(dirname(dirname(cli)), join(into, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true })
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(into, 'usr/local/bin', name))
}
