import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstalled } from '../check/installed.ts'
import { run } from '../exec.ts'
import { databaseUser } from '../local/database-user.ts'
import { claimPort } from '../local/port.ts'
import { npmBinaries } from '../local/postgres-binaries.ts'
import type { Context } from '../step.ts'
import { findPython } from '../tools/python.ts'

export type Tool = {
  name: string
  /** The lowest version that does, or what the tool has to be like; compared only when it starts with a digit. */
  wanted: string
  /** Another version is not the wanted one, not even a later one. */
  exact?: true
  /** npm start and npm test need it. */
  needed?: true
  /** The version; undefined when it is not there; an error says why it is of no use. */
  find(context: Context): Promise<string | undefined>
  /** Said when it is missing or too old. */
  without: string
}

const GIB = 2 ** 30

export const tools: Tool[] = [
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
    find: npmPostgresVersion,
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
    find: () => claimPort(undefined, 8080).then(() => 'free'),
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
    without: '`./fairlead lint` and `./fairlead check` cannot look at the shell scripts.',
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
    without: 'The tools of third-party/, listed below, cannot be built here; npm start and npm test need none.',
  },
  {
    name: 'Python with venv and pip',
    wanted: '3.11',
    find: async context => (await findPython(context)).split(' ')[0],
    without: 'zizmor and semgrep, listed below, cannot be installed here; npm start and npm test need none.',
  },
]

async function versionOf(command: string, args: string[], { root, env, signal }: Context): Promise<string | undefined> {
  const ended = await run(command, args, { cwd: root, env, signal }).catch(() => undefined) // there is no such program
  return ended?.code === 0 ? /\d+(\.\d+)*/.exec(ended.stdout)?.[0] : undefined
}

/** In a folder of its own, because the binaries are copied where the database user cannot reach node_modules. */
async function npmPostgresVersion(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'))
  try {
    await chmod(folder, 0o711)
    return String((await npmBinaries(join(folder, 'binaries'), databaseUser(folder))).major)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function freeSpace(root: string): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(root)
  const free = bavail * bsize
  return free >= GIB ? `${Math.floor(free / GIB)} GiB` : undefined
}
