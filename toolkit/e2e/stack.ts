import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Exit, run } from '../exec.ts'
import { freePort } from '../local/port.ts'
import type { Context } from '../step.ts'

export type Stack = {
  root: string
  /** The name of the project at the engine. */
  project: string
  /** Where a service with a port is, without a slash at the end. */
  url(service: string): string
  /** A copy of the checkout's, which flagd reads. */
  flagsFile: string
  /** What operators show to the delivery plane. */
  apiToken: string
  webhookToken: string // what senders show to the delivery plane
  /** Those that are built here, by the variables of the compose file that name them. */
  images: Readonly<Record<string, string>>
  /** Services of the compose file that are left out, because their image cannot be had. */
  without: readonly string[]
  /** docker and docker compose; any exit code but 0 is an error. */
  docker(...args: string[]): Promise<Exit>
  compose(...args: string[]): Promise<Exit>
  /** The log of a service so far, standard output and error together. */
  lines(service: string): Promise<string[]>
  /** Names of the containers, ended ones included. */
  containers(): Promise<string[]>
  /** How to do it by hand. */
  commandLine: string
  removeFiles(): Promise<void>
}

export type StackOptions = {
  /** The environment in which `docker compose` finds its engine. */
  env: NodeJS.ProcessEnv
  without?: readonly string[]
  /** More for the compose file, such as other folders. */
  variables?: Record<string, string>
}

/** A stack that shares nothing with another on the same engine: project, ports, images and the folder of flags are its own. */
export async function createStack(
  { root, hurry }: Pick<Context, 'root' | 'hurry'>,
  { env, without = [], variables = {} }: StackOptions,
): Promise<Stack> {
  const id = randomBytes(4).toString('hex')
  const project = `e2e-${id}`
  const folder = await mkdtemp(join(tmpdir(), `${project}-`))
  await chmod(folder, 0o755) // the containers' users are not us
  await cp(join(root, 'flags'), join(folder, 'flags'), { recursive: true })
  const text = await readFile(join(root, 'docker-compose.yml'), 'utf8')
  const ports = new Map<string, number>()
  for (const name of namesIn(text, /\$\{([A-Z]+)_PORT:-/g)) ports.set(name, await freePort())
  const built = namesIn(text, /\$\{([A-Z]+_IMAGE):-[a-z0-9-]+:local\}/g)
  const images = Object.fromEntries(built.map(name => [name, `e2e-${name.split('_')[0]?.toLowerCase()}:${id}`]))
  const apiToken = `e2e-${randomBytes(16).toString('hex')}`
  const own = {
    ...Object.fromEntries([...ports].map(([name, port]) => [`${name}_PORT`, String(port)])),
    ...images,
    FLAGS_DIR: join(folder, 'flags'),
    DELIVERY_API_TOKEN: apiToken,
    FAULTS_ENABLED: 'true', // off until a flag says otherwise
    ...variables,
  }
  // Not the .env of the checkout, which may name people who are to be told in earnest.
  const composeArgs = ['compose', '--project-name', project, '--env-file', '/dev/null', '--profile', 'observe']
  const call = async (args: string[]) => {
    const exit = await run('docker', args, { cwd: root, env: { ...env, ...own }, signal: hurry })
    if (exit.code === 0) return exit
    throw new Error(
      `docker ${args.join(' ')} ended with ${exit.code}:\n${(exit.stderr + exit.stdout).trim().slice(-3000)}`,
    )
  }
  const compose = (...args: string[]) => call([...composeArgs, ...args])
  return {
    root,
    project,
    url(service) {
      const port = ports.get(service.toUpperCase())
      if (port === undefined) throw new Error(`docker-compose.yml: ${service} has no port`)
      return `http://127.0.0.1:${port}`
    },
    flagsFile: join(folder, 'flags/flags.json'),
    apiToken,
    webhookToken: (await readFile(join(root, 'prometheus/delivery-token'), 'utf8')).trim(),
    images,
    without,
    docker: (...args) => call(args),
    compose,
    async lines(service) {
      const { stdout, stderr } = await compose('logs', '--no-color', '--no-log-prefix', service)
      return `${stdout}${stderr}`.split('\n').filter(line => line !== '')
    },
    async containers() {
      const label = `label=com.docker.compose.project=${project}`
      const { stdout } = await call(['ps', '--all', '--filter', label, '--format', '{{.Names}}'])
      return stdout
        .split('\n')
        .filter(name => name !== '')
        .sort()
    },
    commandLine: `docker compose -p ${project} --profile observe`,
    removeFiles: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What a pattern captures, each once. */
const namesIn = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
]
