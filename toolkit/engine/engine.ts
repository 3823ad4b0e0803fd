import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Exit, type Options, run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { NoGo } from '../tools/go.ts'
import { pinOf } from '../tools/pins.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import { hostNpm } from './host-npm.ts'
import { NoEngine } from './no-engine.ts'
import { prepareImages } from './prepare-images.ts'

type RunOptions = Pick<Options, 'output' | 'signal' | 'env'>

export type Engine = {
  /** For programs that call docker themselves: where the engine is, and which images stand for those of the files. */
  env: NodeJS.ProcessEnv
  /** `docker <args>` in the checkout; a code other than 0 is the caller's to judge. Give `signal` to run it after the first one. */
  docker(args: readonly string[], options?: RunOptions): Promise<Exit>
  /** `docker compose <args>`, version 2. */
  compose(args: readonly string[], options?: RunOptions): Promise<Exit>
  /** A sentence for each image that is not the real one. */
  standIns: string[]
  /** Variables of optional images that cannot be had. */
  absent: string[]
  close(): Promise<void>
}

export type EngineOptions = {
  /** Variables of Dockerfile and docker-compose.yml, such as POSTGRES_IMAGE: what is going to be used. None by default. */
  images?: readonly string[]
  /** The same, for what can be left out. */
  optional?: readonly string[]
}

/**
 * The Docker engine of the environment, or one of our own that ends with `close`. Throws NoEngine, with the reason, when
 * there can be none. What it takes to get ready is printed.
 */
export async function openEngine(
  context: Context,
  { images = [], optional = [] }: EngineOptions = {},
): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-docker-'))
  let daemon: Daemon | undefined
  const close = async () => {
    await daemon?.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const env: NodeJS.ProcessEnv = { ...context.env, DOCKER_BUILDKIT: '1' }
    const call = (args: readonly string[], options: RunOptions = {}) =>
      run('docker', args, {
        cwd: context.root,
        signal: context.signal,
        ...options,
        env: { ...env, ...options.env },
      })
    if (!(await answers(call))) {
      if (env.DOCKER_HOST) throw new NoEngine(`no Docker engine answers at DOCKER_HOST, ${env.DOCKER_HOST}`)
      daemon = await startDaemon(context)
      env.DOCKER_HOST = daemon.host
    }
    const compose = await call(['compose', 'version', '--short'])
    if (compose.code !== 0 || !/^v?([2-9]|\d\d)/.test(compose.stdout))
      Object.assign(env, await addCompose(folder, context))
    Object.assign(env, await hostNpm(folder, context))
    const { variables, standIns, absent } = await prepareImages(call, { images, optional }, context)
    Object.assign(env, variables)
    return {
      env,
      docker: call,
      compose: (args, options) => call(['compose', ...args], options),
      standIns,
      absent,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function answers(call: (args: string[]) => Promise<Exit>): Promise<boolean> {
  try {
    return (await call(['version', '--format', '{{.Server.Version}}'])).code === 0
  } catch (error) {
    throw new NoEngine(
      'there is no docker command (https://docs.docker.com/engine/install; Debian: apt-get install docker.io)',
      {
        cause: error,
      },
    )
  }
}

/** The client's folder with our Compose beside what the person has configured. */
async function addCompose(folder: string, context: Context): Promise<NodeJS.ProcessEnv> {
  const { path } = await prepareTool(pinOf('docker-compose'), context).catch(error => {
    if (!(error instanceof NoGo)) throw error
    throw new NoEngine(`there is no docker compose, and to build one: ${error.message}`, { cause: error })
  })
  const own = join(context.env.DOCKER_CONFIG ?? join(context.env.HOME ?? homedir(), '.docker'), 'config.json')
  const DOCKER_CONFIG = join(folder, 'config')
  await mkdir(join(DOCKER_CONFIG, 'cli-plugins'), { recursive: true })
  if (existsSync(own)) await cp(own, join(DOCKER_CONFIG, 'config.json'))
  await symlink(path, join(DOCKER_CONFIG, 'cli-plugins/docker-compose'))
  return { DOCKER_CONFIG }
}
