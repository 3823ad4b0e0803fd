import { readdir, readFile } from 'node:fs/promises'
import { start } from '../exec.ts'
import { freePort } from '../local/port.ts'
import { answers } from '../local/service.ts'
import type { Context } from '../step.ts'

/** What a newcomer does first: `npm start`, a look at it, Ctrl-C. Throws what went wrong; resolves to what was seen. */
export async function tryNpmStart({ root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>): Promise<string> {
  const port = await freePort()
  const output: string[] = []
  const npm = await start('npm', ['start'], {
    cwd: root,
    env: { ...env, PORT: String(port), HOST: '127.0.0.1', ENVIRONMENT: 'local' },
    output: line => output.push(line),
    signal,
  })
  const ended = new AbortController()
  npm.exited.then(() => ended.abort())
  let family: Process[] = []
  try {
    const base = `http://127.0.0.1:${port}`
    // Generous: the first start creates the database, on a machine that may be busy.
    if (!(await answers(`${base}/livez`, AbortSignal.any([ended.signal, AbortSignal.timeout(120_000)])))) {
      throw new Error('it did not answer')
    }
    for (const path of ['/', '/readyz', '/metrics']) await expectOk(`${base}${path}`)
    family = await descendants(npm.pid)
    npm.killGroup('SIGINT') // Ctrl-C reaches the whole foreground group
    const { code } = await npm.exited
    const left = await stillRunning(family)
    if (left.length > 0)
      throw new Error(`it left running: ${left.map(each => `${each.pid} (${each.command})`).join(', ')}`)
    if (code !== 0) throw new Error(`Ctrl-C ended it with ${code}, not 0`)
    return `answered, and ended ${family.length} processes`
  } catch (error) {
    throw new Error(`npm start: ${(error as Error).message}\n${output.slice(-20).join('\n')}`, { cause: error })
  } finally {
    npm.killGroup('SIGTERM')
    await npm.exited
  }
}

async function expectOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) })
  const body = await response.text()
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${body.slice(0, 500)}`)
}

type Process = { pid: number; parent: number; command: string; startedAt: string }

/** What a process started, directly or not. Linux only, as is the Postgres of `npm start`. */
export async function descendants(pid: number): Promise<Process[]> {
  const all = await processes()
  const below = (parent: number): Process[] =>
    all.filter(each => each.parent === parent).flatMap(each => [each, ...below(each.pid)])
  return below(pid)
}

/** The number of a process that has ended may be given to another one, which started later. */
export async function stillRunning(family: Process[]): Promise<Process[]> {
  const now = await processes()
  return family.filter(({ pid, startedAt }) => now.some(each => each.pid === pid && each.startedAt === startedAt))
}

async function processes(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter(entry => /^\d+$/.test(entry))
  const read = pids.map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)) // it has ended meanwhile
  return (await Promise.all(read)).flatMap(stat => (stat === undefined ? [] : parseStat(stat)))
}

/** proc_pid_stat(5): `pid (command) state parent …`; the command may hold anything. Field 22 is the start time. A zombie has ended. */
export function parseStat(stat: string): Process[] {
  const [, pid, command = '', rest = ''] = /^(\d+) \((.*)\) (.*)$/s.exec(stat) ?? []
  const [state, parent, ...more] = rest.split(' ')
  return state === 'Z' || state === 'X'
    ? []
    : [{ pid: Number(pid), parent: Number(parent), command, startedAt: more[17] ?? '' }]
}
