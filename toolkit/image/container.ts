import type { Engine } from '../engine/engine.ts'
import type { Context } from '../step.ts'
import { ask, type Image } from './images.ts'

type Options = {
  user: string
  memory: string
  env?: Readonly<Record<string, string>>
  /** None by default; on one it has this name. */
  network?: string
  alias?: string
}

type Container = AsyncDisposable & { name: string; logs(): Promise<string> }

/** Runs an image with everything taken away that a cluster takes away. It has only /tmp to write to. */
export async function startHardened(
  image: Pick<Image, 'id'>,
  { user, memory, env = {}, network = 'none', alias }: Options,
  { engine, context }: { engine: Engine; context: Context },
): Promise<Container> {
  const name = await ask(engine, [
    ...['run', '--detach', '--user', user, '--memory', memory, '--read-only', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', '--network', network, '--pids-limit', '100'],
    ...(alias === undefined ? [] : ['--network-alias', alias]),
    ...['--tmpfs', '/tmp', '--env', 'OUTBOX_PATH=/tmp/outbox.db', '--env', 'SHUTDOWN_GRACE_MS=0'],
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...['--health-interval', '1s', image.id],
  ])
  return {
    name,
    async logs() {
      const { stdout, stderr } = await engine.docker(['logs', '--tail', '20', name])
      return `${stdout}${stderr}`.trim()
    },
    async [Symbol.asyncDispose]() {
      await engine.docker(['rm', '--force', '--volumes', name], { signal: context.hurry })
    },
  }
}
