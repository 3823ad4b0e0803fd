import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Exit, run, start } from '../exec.ts'
import type { Context } from '../step.ts'
import { toolCache } from '../tools/build.ts'
import { rememberNetwork } from './network-state.ts'
import { NoEngine } from './no-engine.ts'
import { findProgram } from './programs.ts'
import { freeBlock } from './subnets.ts'

const START_MS = 60_000
const ASK_EVERY_MS = 200
const programs = ['dockerd', 'containerd', 'iptables', 'ip6tables', 'ip', 'unshare']

export type Daemon = { host: string; stop(): Promise<void> }

/**
 * Starts an engine of our own: Linux and root. Its images stay in the cache, so that a second run is fast; everything else
 * (processes, mounts, interfaces, rules of the firewall) is gone after `stop`. Processes and mounts are in namespaces of
 * their own, which end with us even if we are killed; the bridge and its rules then stay, as after any engine.
 */
export async function startDaemon(context: Context): Promise<Daemon> {
  const missing = await whyNot(context)
  if (missing) throw new NoEngine(missing)
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-engine-'))
  const data = join(dirname(toolCache(context.env)), 'engine')
  await mkdir(data, { recursive: true })
  const block = freeBlock(await readFile('/proc/self/net/route', 'utf8'))
  const restore = await rememberNetwork(context, block)
  const host = `unix://${join(folder, 'docker.sock')}`
  const options = [
    ...[`--host=${host}`, `--data-root=${data}`, `--exec-root=${join(folder, 'exec')}`],
    ...[`--pidfile=${join(folder, 'pid')}`, `--bip=${block}.0.1/24`],
    ...[`--default-address-pool=base=${block}.128.0/17,size=24`, '--log-level=warn'],
  ]
  const isolation = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const said: string[] = []
  const ended = new AbortController()
  // Not the context's signal: who uses the engine still has to end its containers.
  const daemon = await start('unshare', [...isolation, '--', 'dockerd', ...options], {
    env: context.env,
    output: line => void said.push(line),
    endWithUs: 'SIGTERM',
    signal: context.hurry,
  })
  const docker = (args: string[], signal?: AbortSignal) =>
    run('docker', args, { env: { ...context.env, DOCKER_HOST: host }, ...(signal && { signal }) })
  const stop = async () => {
    daemon.killGroup('SIGTERM')
    await daemon.exited
    await restore()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const deadline = AbortSignal.any([AbortSignal.timeout(START_MS), context.signal, ended.signal])
    void daemon.exited.then(() => ended.abort())
    while ((await docker(['version'], context.signal)).code !== 0) {
      if (deadline.aborted) throw new NoEngine(`dockerd does not answer: ${said.at(-1) ?? 'it says nothing'}`)
      await delay(ASK_EVERY_MS, undefined, { signal: deadline }).catch(() => {}) // told in the line above
    }
    await removeContainers(docker) // what somebody who was killed has left in the cache
  } catch (error) {
    await stop()
    throw error
  }
  return { host, stop: () => removeContainers(docker).finally(stop) }
}

/** Networks go with them, and so do their bridges. */
async function removeContainers(docker: (args: string[]) => Promise<Exit>): Promise<void> {
  const { stdout } = await docker(['ps', '--all', '--quiet'])
  const left = stdout.split('\n').filter(id => id !== '')
  if (left.length > 0) await docker(['rm', '--force', '--volumes', ...left])
  await docker(['network', 'prune', '--force'])
}

async function whyNot({ env }: Context): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'no Docker engine answers, and only root on Linux can start one: start Docker, or set DOCKER_HOST'
  const absent = (await Promise.all(programs.map(async name => [name, await findProgram(name, env)] as const)))
    .filter(([, found]) => !found)
    .map(([name]) => name)
  if (absent.length > 0)
    return `no Docker engine answers, and there is no ${absent.join(', ')} to start one (Debian: apt-get install docker.io iptables iproute2)`
  const other = await otherDaemon()
  if (other) return `dockerd runs here already (process ${other}), but not where DOCKER_HOST points to; set DOCKER_HOST`
  return undefined
}

/** Two engines in one network namespace undo each other's rules. */
async function otherDaemon(): Promise<string | undefined> {
  const mine = await readlink('/proc/self/ns/net')
  for (const id of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    if (!existsSync(`/proc/${id}/comm`)) continue
    const name = await readFile(`/proc/${id}/comm`, 'utf8').catch(() => '') // it has ended meanwhile
    if (name !== 'dockerd\n') continue
    if ((await readlink(`/proc/${id}/ns/net`).catch(() => '')) === mine) return id
  }
  return undefined
}
