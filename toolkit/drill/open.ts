import { openEngine } from '../engine/engine.ts'
import { run } from '../exec.ts'
import { freePort } from '../local/port.ts'
import type { Context } from '../step.ts'
import { prepareDrillFiles } from './files.ts'
import { compose, type Stack } from './stack.ts'

export type StackOptions = {
  factor: number
  /** A stack that runs already: it reads the files of the drill until the drill is over. A new one of its own when absent. */
  project: string | undefined
}

/** Of docker-compose.yml without its profiles, and of the Dockerfile. */
const images = [
  'NODE_IMAGE',
  'RUNTIME_IMAGE',
  'POSTGRES_IMAGE',
  'FLAGD_IMAGE',
  'PROMETHEUS_IMAGE',
  'ALERTMANAGER_IMAGE',
]

/** The stack of docker-compose.yml over files in which everything waits for a fraction of its time. */
export async function openDrillStack(context: Context, options: StackOptions): Promise<Stack & AsyncDisposable> {
  const { root, signal, print } = context
  await using cleanup = new AsyncDisposableStack()
  const engine = cleanup.adopt(
    await openEngine(context, { images: options.project === undefined ? images : [] }),
    each => each.close(),
  )
  const files = cleanup.use(await prepareDrillFiles(root, options.factor))
  const own = { ...context.env, ...engine.env }
  const project = options.project ?? `drill-${process.pid}`
  const plain = { root, env: own, project }
  // Not the .env of the checkout, which may name people who are to be told in earnest.
  const ours = options.project === undefined ? { ...(await freePorts()), COMPOSE_DISABLE_ENV_FILE: 'true' } : {}
  const env: NodeJS.ProcessEnv = { ...own, ...files.env, ...ours }
  // First, so that a start that fails half way is taken down, too.
  cleanup.defer(async () => {
    if (options.project === undefined) await compose({ ...plain, env }, 'down', '--volumes', '--timeout', '10')
    else await compose(plain, 'up', '--detach', '--wait')
  })
  const args = ['compose', '--progress', 'quiet', '--project-name', project, 'up', '--detach', '--wait', '--quiet-pull']
  // Images that the person has chosen are taken as they are.
  if (options.project === undefined && env.SERVICE_IMAGE === undefined) args.push('--build')
  const since = performance.now()
  const started = await run('docker', args, { cwd: root, env, signal })
  signal.throwIfAborted()
  if (started.code !== 0) throw new Error(`the stack did not start:\n${started.stderr.trimEnd()}`)
  print(`the stack ${project} runs ${options.factor} times as fast as in earnest, after ${seconds(since)} s`)
  const urls = await findUrls({ ...plain, env })
  const owned = cleanup.move()
  return { root, env, project, urls, files, signal, print, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1)

// Fixed ones: a port that the engine chooses is another after a stop and a start.
async function freePorts(): Promise<NodeJS.ProcessEnv> {
  const names = ['SERVICE_PORT', 'DELIVERY_PORT', 'PROMETHEUS_PORT', 'ALERTMANAGER_PORT']
  const ports = new Set<number>()
  while (ports.size < names.length) ports.add(await freePort())
  return Object.fromEntries([...ports].map((port, n) => [names[n], String(port)]))
}

async function findUrls(stack: Pick<Stack, 'root' | 'env' | 'project'>): Promise<Stack['urls']> {
  const find = async (service: string, port: number) =>
    `http://${(await compose(stack, 'port', service, String(port))).stdout.trim()}`
  return {
    service: await find('service', 8080),
    delivery: await find('delivery', 8080),
    prometheus: await find('prometheus', 9090),
    alertmanager: await find('alertmanager', 9093),
  }
}
