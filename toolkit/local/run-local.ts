import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as v from 'valibot'
import { integer, parseEnv } from '../../lib/env.ts'
import type { Context } from '../step.ts'
import { type LocalDatabase, startLocalDatabase } from './database.ts'
import { addressOf, needsDatabase, serviceEnv } from './env.ts'
import { type Holder, hashOf, takeLock } from './lock.ts'
import { claimPort } from './port.ts'
import { answers, startService, untilEnd } from './service.ts'

export type LocalOptions = {
  /** False: run without one, whatever the environment says. */
  database: boolean
  watch: boolean
}

/** `npm start` and `npm run dev`: a database where one is due, then the service; until told to stop, or the service ends. */
export async function runLocally(options: LocalOptions, context: Context): Promise<number> {
  const env = serviceEnv(context.env, context.root, options)
  const { PORT } = parseEnv({ PORT: v.optional(integer(0, 65_535), '8080') }, env)
  if (!needsDatabase(env, options)) return runService(env, await claimPort(env.HOST, PORT), options, context)

  const { name } = JSON.parse(readFileSync(join(context.root, 'package.json'), 'utf8'))
  const id = `${name}-${hashOf(context.root)}`
  const self = { pid: process.pid, url: addressOf(env.HOST, PORT) }
  const release = await onlyOne(id, self)
  let database: LocalDatabase | undefined
  try {
    const port = await claimPort(env.HOST, PORT)
    self.url = addressOf(env.HOST, port)
    database = await startLocalDatabase(name, `/var/tmp/${id}`, context)
    return await runService({ ...env, DATABASE_URL: database.url }, port, options, context, database)
  } finally {
    await database?.stop(context.hurry)
    release()
  }
}

async function onlyOne(id: string, self: Holder): Promise<() => void> {
  const { holder, release } = await takeLock(id, self)
  if (release) return release
  throw new Error(`this checkout is already running: ${holder.url}, pid ${holder.pid}; stop that one first`)
}

async function runService(
  env: NodeJS.ProcessEnv,
  port: number,
  options: LocalOptions,
  context: Context,
  database?: LocalDatabase,
): Promise<number> {
  const service = await startService(context, { ...env, PORT: String(port) }, options)
  const over = new AbortController()
  const saying = sayWhatToOpen(
    addressOf(env.HOST, port),
    AbortSignal.any([over.signal, context.signal]),
    context,
    database,
  )
  database?.exited.then(() => {
    if (over.signal.aborted || context.signal.aborted) return
    context.print(
      'database: ended, and not by us; the service goes on without it. Stop and start again to have it back',
    )
  })
  const code = await untilEnd(service, context)
  over.abort()
  await saying
  return code
}

async function sayWhatToOpen(
  address: string,
  over: AbortSignal,
  { print, root }: Context,
  database: LocalDatabase | undefined,
): Promise<void> {
  if (!(await answers(`${address}/livez`, over))) return
  print(`service:  ${address}/ (also /readyz and /metrics)`)
  if (database) print(`database: psql "$(cat ${shown(database.urlFile, root)})"`)
  print('stop:     Ctrl-C')
}

const shown = (file: string, root: string) => (file.startsWith(`${root}/`) ? relative(root, file) : file)
