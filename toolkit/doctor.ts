import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { databaseUser } from './database-user.ts'
import { run } from './exec.ts'
import { readInstalled } from './installed.ts'
import { parseOptions } from './options.ts'
import { claimPort } from './port.ts'
import { npmBinaries } from './postgres-binaries.ts'
import type { Context, Step } from './step.ts'

type Tool = {
  name: string
  /** The lowest version that does, or what the tool has to be like; compared only when it starts with a digit. */
  wanted: string
  /** npm start and npm test need it. */
  needed?: true
  /** The version; undefined, or an error, when it is not there. */
  find(context: Context): Promise<string | undefined>
  /** Said when it is missing or too old. */
  without: string
}

const GIB = 2 ** 30

const tools: Tool[] = [
  {
    name: 'Node',
    wanted: '24',
    needed: true,
    find: async () => process.versions.node,
    without: 'Nothing here runs; `npm ci` brings it on Linux with glibc.',
  },
  {
    name: 'npm',
    wanted: '9',
    needed: true,
    find: context => versionOf('npm', ['--version'], context),
    without: 'Packages cannot be installed, and npm start and npm test not be called; it comes with Node.',
  },
  {
    name: 'packages',
    wanted: 'as in package-lock.json',
    needed: true,
    find: ({ root }) => readInstalled(root),
    without: 'Run `npm ci`: programs here would run with packages that nobody tested.',
  },
  {
    name: 'Postgres from npm',
    wanted: '18',
    needed: true,
    find: async ({ root }) =>
      String((await npmBinaries(join(root, '.local/postgres/binaries'), databaseUser(root))).major),
    without: 'Set DATABASE_URL for npm start and TEST_DATABASE_URL for npm test to a server of your own.',
  },
  {
    name: 'disk space',
    wanted: '1 GiB free',
    needed: true,
    find: async ({ root }) => freeSpace(root),
    without: 'The local database and the tests may fail when they write.',
  },
  {
    name: 'port 8080',
    wanted: 'free',
    find: async () => (await claimPort(undefined, 8080), 'free'),
    without: 'Something listens there, perhaps this service: for a second one, PORT=8081 npm start.',
  },
  {
    name: 'git',
    wanted: '2',
    find: context => versionOf('git', ['--version'], context),
    without: 'Everything runs, but you cannot commit.',
  },
  {
    name: 'shellcheck',
    wanted: '0.9',
    find: context => versionOf('shellcheck', ['--version'], context),
    without: '`./fairlead check` cannot look at the shell scripts.',
  },
  {
    name: 'PostgreSQL 15',
    wanted: '15',
    find: context => versionOf('/usr/lib/postgresql/15/bin/postgres', ['--version'], context),
    without: '`./fairlead check` cannot show that the SQL runs on the oldest server that we support.',
  },
  {
    name: 'Docker engine',
    wanted: '20',
    find: context => versionOf('docker', ['version', '--format', '{{.Server.Version}}'], context),
    without: 'No image can be built or run here; npm start and npm test need none.',
  },
  {
    name: 'Go',
    wanted: '1.26',
    find: context => versionOf('go', ['version'], context),
    without: 'The tools for Kubernetes cannot be built here; npm start and npm test need none.',
  },
]

export const doctor: Step = {
  name: 'doctor',
  summary: 'Say which tools are here, and what works without those that are not.',
  help: `Usage: ./fairlead doctor

Exits 0 when npm start and npm test have what they need, else 1.`,
  async run(args, context) {
    parseOptions(args, {})
    let ready = true
    for (const tool of tools) {
      const { word, found } = await examine(tool, context)
      const head = `${word.padEnd(8)}${tool.name.padEnd(19)}wanted ${tool.wanted}, found ${found ?? 'none'}`
      context.print(word === 'ok' ? head : `${head}. ${tool.without}`)
      if (word !== 'ok' && tool.needed) ready = false
    }
    context.print(ready ? '\nnpm start and npm test have what they need.' : '\nnpm start and npm test lack something.')
    return ready ? 0 : 1
  },
}

async function examine({ wanted, find }: Tool, context: Context) {
  const found = await find(context).catch(() => undefined) // for whatever reason: it cannot be used here
  if (found === undefined) return { word: 'missing', found }
  return { word: /^\d[\d.]*$/.test(wanted) && !isAtLeast(found, wanted) ? 'old' : 'ok', found }
}

export function isAtLeast(found: string, wanted: string): boolean {
  const [has, needs] = [found, wanted].map(version => version.split('.').map(Number))
  for (const [index, need] of (needs ?? []).entries()) {
    const difference = (has?.[index] ?? 0) - need
    if (difference !== 0) return difference > 0
  }
  return true
}

async function versionOf(command: string, args: string[], { root, env, signal }: Context): Promise<string | undefined> {
  const { code, stdout } = await run(command, args, { cwd: root, env, signal })
  return code === 0 ? /\d+(\.\d+)*/.exec(stdout)?.[0] : undefined
}

async function freeSpace(root: string): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(root)
  const free = bavail * bsize
  return free >= GIB ? `${Math.floor(free / GIB)} GiB` : undefined
}
