import { type Exit, type Running, run, start } from '../exec.ts'
import type { DrillFiles } from './files.ts'
import { type Load, startLoad } from './load.ts'

/** A running stack whose containers read the files of a drill. */
export type Stack = {
  root: string
  /** With DOCKER_HOST and DOCKER_CONFIG where the engine needs them, and the variables of docker-compose.yml. */
  env: NodeJS.ProcessEnv
  project: string
  /** Addresses of the published ports, without a slash at the end. */
  urls: Record<'service' | 'delivery' | 'prometheus' | 'alertmanager', string>
  files: DrillFiles
  signal: AbortSignal
  print(line: string): void
}

/** Runs to its end even while we are told to stop: what a drill has broken has to be mended. */
export async function compose(
  { root, env, project }: Pick<Stack, 'root' | 'env' | 'project'>,
  ...args: string[]
): Promise<Exit> {
  const all = ['compose', '--progress', 'quiet', '--project-name', project, ...args]
  const ended = await run('docker', all, { cwd: root, env })
  if (ended.code === 0) return ended
  throw new Error(`docker compose ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr.trimEnd()}`)
}

/** Calls `onLine` with what a container has printed since then, and with each line that follows. */
export async function followLog(stack: Stack, service: string, since: Date, onLine: (line: string) => void) {
  const args = ['logs', '--follow', '--no-log-prefix', '--since', since.toISOString(), service]
  const all = ['compose', '--project-name', stack.project, ...args]
  const running: Running = await start('docker', all, {
    cwd: stack.root,
    env: stack.env,
    output: onLine,
    endWithUs: 'SIGTERM',
  })
  return async () => {
    running.killGroup('SIGTERM')
    await running.exited
  }
}

/** The traffic of the drills, one kind at a time. */
export function createTraffic(url: string) {
  let load: Load | undefined
  return {
    async set(path: string, perSecond: number) {
      await load?.stop()
      load = perSecond > 0 ? startLoad(`${url}${path}`, perSecond) : undefined
    },
    async stop() {
      await load?.stop()
      load = undefined
    },
  }
}

export type Traffic = ReturnType<typeof createTraffic>
