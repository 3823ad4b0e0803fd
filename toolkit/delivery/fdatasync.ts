import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Verdict } from '../check/parts.ts'
import { run, start } from '../exec.ts'
import type { Context } from '../step.ts'
import { type Answer, readTrace } from './trace.ts'

// A process that is killed loses nothing that it gave to the system, so a kill says nothing about the disk. Here strace
// watches the real process, and the order of its system calls is the proof.

const TOKEN = 'only-for-this-check'
/** One after the other, and then some at once, which share commits. */
const ALONE = 10
const TOGETHER = 40
const calls = 'trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync'

/** Must fail the same check: a commit of the ledger no longer waits for the disk. */
const lowered = `
import { DatabaseSync } from 'node:sqlite'
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  return exec.call(this, sql.replace('synchronous = full', 'synchronous = normal'))
}`

export async function checkFdatasync(context: Context): Promise<Verdict> {
  const absent = await whyNot(context)
  if (absent !== undefined) return { word: 'not run', detail: absent }
  const answers = await traceAnswers([], context)
  const early = answers.filter(answer => !answer.durable).map(answer => answer.message)
  if (early.length > 0) return failed(`answered before the message was on disk: ${early.join(', ')}`)
  const preload = `--import=data:text/javascript,${encodeURIComponent(lowered)}`
  const careless = (await traceAnswers([preload], context)).filter(answer => !answer.durable).length
  if (careless === 0) return failed('it would not notice a ledger that does not wait for the disk')
  const detail = `${answers.length} answers, each after the sync of its message; with synchronous lowered ${careless} before`
  return { word: 'passed', detail }
}

const failed = (detail: string): Verdict => ({ word: 'FAILED', detail })

async function whyNot({ env, signal }: Context): Promise<string | undefined> {
  try {
    const { code, stderr } = await run('strace', ['-f', '-o', '/dev/null', 'true'], { env, signal })
    return code === 0 ? undefined : `strace may not trace here: ${stderr.split('\n')[0]}`
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } } // run gives the reason of the system as the cause
    if (cause?.code === 'ENOENT') return 'there is no strace (Debian: apt-get install strace)'
    throw error
  }
}

/** Runs the receiver under strace, sends to it, and reads what the trace says of each answer. */
async function traceAnswers(options: string[], { root, env, signal }: Context): Promise<Answer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fdatasync-'))
  const trace = join(folder, 'trace')
  const own = {
    ...{ PATH: env.PATH, HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE_MS: '0', WEBHOOK_TOKEN: TOKEN },
    OUTBOX_PATH: join(folder, 'outbox.db'),
  }
  const command = ['-f', '-y', '-ttt', '-s', '8192', '-e', calls, '-o', trace, process.execPath, ...options]
  const { promise: listening, resolve: onListening } = Promise.withResolvers<number>()
  const output: string[] = []
  const traced = await start('strace', [...command, join(root, 'delivery/main.ts'), 'receiver'], {
    ...{ cwd: root, env: own, signal },
    output(line) {
      output.push(line)
      const [, port] = /"port":(\d+).*"msg":"listening"/.exec(line) ?? []
      if (port) onListening(Number(port))
    },
  })
  try {
    const ended = traced.exited.then(() => {
      throw new Error(`the delivery plane ended: ${output.join('\n')}`)
    })
    ended.catch(() => {}) // it ends in the end, too
    await Promise.race([listening.then(sendAll), ended])
    traced.killGroup('SIGTERM') // strace ends with what it traces
    await traced.exited
    const answers = readTrace((await readFile(trace, 'latin1')).split('\n'), /traced-\d{4}/)
    const seen = new Set(answers.map(answer => answer.message)).size
    if (seen !== ALONE + TOGETHER) throw new Error(`the trace shows ${seen} of ${ALONE + TOGETHER} answers`)
    return answers
  } finally {
    traced.killGroup('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
}

async function sendAll(port: number): Promise<void> {
  for (let n = 0; n < ALONE; n += 1) await send(port, n)
  await Promise.all(Array.from({ length: TOGETHER }, (_, n) => send(port, ALONE + n)))
}

async function send(port: number, n: number): Promise<void> {
  const name = `traced-${String(n).padStart(4, '0')}`
  const response = await fetch(`http://127.0.0.1:${port}/webhook`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      involvedObject: { kind: 'Check', name },
      severity: 'error',
      reason: 'Traced',
      message: name,
    }),
    signal: AbortSignal.timeout(60_000),
  })
  if (response.status !== 202) throw new Error(`/webhook answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}
