import type { Engine } from '../engine/engine.ts'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { type Image, inspectImage } from './images.ts'

export type BuildOptions = {
  /** Builds everything again. */
  noCache?: boolean
  /** Other names than those of docker-compose.yml, by variable such as SERVICE_IMAGE. */
  names?: NodeJS.ProcessEnv
}

/** Builds targets by way of docker-compose.yml, where their arguments and secrets stand, with the commit as their revision. */
export async function buildImages(
  engine: Engine,
  targets: readonly string[],
  context: Context,
  { noCache = false, names = {} }: BuildOptions = {},
): Promise<Image[]> {
  const env = { REVISION: await revision(context), ...names }
  const said: string[] = []
  const output = (line: string) => void said.push(line)
  const options = ['build', ...(noCache ? ['--no-cache'] : []), ...targets]
  const { code } = await engine.compose(options, { env, output })
  if (code !== 0)
    throw new Error(`docker compose ${options.join(' ')} ended with ${code}:\n${said.slice(-40).join('\n')}`)
  const { stdout } = await engine.compose(['config', '--format', 'json'], { env })
  const { services }: { services: Record<string, { image?: string }> } = JSON.parse(stdout) // Compose's own format
  return Promise.all(targets.map(target => inspectImage(engine, target, services[target]?.image ?? target)))
}

/** The commit, or what the environment says it is; unknown outside a checkout. */
async function revision({ root, env, signal }: Context): Promise<string> {
  if (env.REVISION) return env.REVISION
  const asked = await run('git', ['rev-parse', 'HEAD'], { cwd: root, env, signal }).catch(() => undefined) // no git
  return asked?.code === 0 ? asked.stdout.trim() : 'unknown'
}
