import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Running, start } from '../../exec.ts'
import { freePort } from '../../local/port.ts'
import type { Context } from '../../step.ts'
import type { Told } from './scenes.ts'
import type { Labels } from './table.ts'

const DEADLINE_MS = 60_000

/** Runs an Alertmanager with a configuration, tells it alerts, and resolves to what it makes of them. */
export async function askAlertmanager(
  program: string,
  configFile: string,
  alerts: readonly { labels: Labels }[],
  { env, signal }: Pick<Context, 'env' | 'signal'>,
): Promise<Told[]> {
  const storage = await mkdtemp(join(tmpdir(), 'alertmanager-'))
  const address = `127.0.0.1:${await freePort()}`
  const args = [
    `--config.file=${configFile}`,
    `--storage.path=${storage}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ]
  const running = await start(program, args, { env, signal, endWithUs: 'SIGTERM' })
  try {
    const url = `http://${address}/api/v2/alerts`
    await firstAnswer(url, running, signal)
    const headers = { 'content-type': 'application/json' }
    await answer(url, { method: 'POST', headers, body: JSON.stringify(alerts) })
    return (await (await answer(url)).json()) as Told[] // as its API documents
  } finally {
    running.kill('SIGTERM')
    await running.exited
    await rm(storage, { recursive: true })
  }
}

async function answer(url: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(DEADLINE_MS) })
  if (!response.ok) throw new Error(`Alertmanager answered ${response.status}: ${await response.text()}`)
  return response
}

async function firstAnswer(url: string, running: Running, signal: AbortSignal): Promise<void> {
  let ended: string | undefined
  void running.exited.then(({ code, stderr }) => {
    ended = `ended with ${code}: ${stderr.trim()}`
  })
  const deadline = performance.now() + DEADLINE_MS
  while (!(await fetch(url).catch(() => undefined))?.ok) {
    signal.throwIfAborted()
    if (ended !== undefined) throw new Error(`Alertmanager ${ended}`)
    if (performance.now() > deadline) throw new Error(`Alertmanager has not answered within ${DEADLINE_MS / 1000} s`)
    await delay(20)
  }
}
