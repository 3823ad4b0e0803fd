import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Context } from '../step.ts'
import { findGo, type Go } from './go.ts'
import { link } from './link.ts'
import type { Pin } from './pin.ts'
import { readGoMod } from './pins.ts'
import { createProgress } from './progress.ts'

export type Built = { path: string; release: string; wasThere: boolean }

/**
 * Builds a tool unless the cache has it, and links it into .bin. What decides is in the name of its folder in the cache;
 * it is built beside that and renamed, so that nobody ever sees half a tool, and of two at once either one serves.
 */
export async function prepareTool(pin: Pin, context: Context): Promise<Built> {
  const folder = join(context.root, 'third-party', pin.folder)
  const ours = pin.package.startsWith('.') ? globSync(join(pin.package, '*.go'), { cwd: folder }).sort() : []
  const files = ['go.mod', 'go.sum', ...ours]
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  const version = readGoMod(texts[0] ?? '', pin)
  const release = pin.release(version)
  const experiment = pin.experiment === undefined ? {} : { GOEXPERIMENT: pin.experiment }
  const go = await findGo(folder, { ...context, env: { ...context.env, ...experiment } })
  const tags = pin.tags?.length ? ['-tags', pin.tags.join(',')] : []
  const flags = ['-s -w', ...pin.stamps(version).map(stamp => `-X ${stamp}`)]
  const args = [...tags, '-ldflags', flags.join(' '), pin.package]
  const key = createHash('sha256')
    .update(JSON.stringify([go.version, args, texts, ...Object.values(experiment)]))
    .digest('hex')
  const cache = toolCache(context.env)
  const home = join(cache, `${pin.name}-${key.slice(0, 16)}`)
  const path = join(home, pin.name)
  const wasThere = existsSync(path)
  if (!wasThere) await build({ name: pin.name, release, go, args, cache, home }, context)
  await link(path, join(context.root, '.bin', pin.name))
  return { path, release, wasThere }
}

/** Shared by all checkouts of this user. A relative XDG_CACHE_HOME counts as absent (XDG Base Directory Specification). */
export function toolCache({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string {
  const base = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME ?? homedir(), '.cache')
  return join(base, 'fairlead', 'tools')
}

type Plan = { name: string; release: string; go: Go; args: readonly string[]; cache: string; home: string }

async function build({ name, release, go, args, cache, home }: Plan, { print }: Context): Promise<void> {
  const attempt = await makeAttempt(cache, name)
  try {
    print(`${name} ${release}: built with ${go.version}; the first time it takes some minutes`)
    const progress = createProgress(name, { print, now: () => performance.now() })
    const code = await go.build(['-o', join(attempt, name), ...args], progress.line)
    if (code !== 0) throw new Error(`${name} cannot be built; go build ended with ${code}:\n${progress.complaints()}`)
    await rename(attempt, home).catch((error: NodeJS.ErrnoException) => {
      // Somebody else was faster with the same tool.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    print(`${name} ${release}: built in ${progress.seconds()} s`)
  } finally {
    await rm(attempt, { recursive: true, force: true })
  }
}

export async function makeAttempt(cache: string, name: string): Promise<string> {
  try {
    await mkdir(cache, { recursive: true })
    return await mkdtemp(join(cache, `.${name}-`))
  } catch (error) {
    throw new Error(
      `${cache} cannot be written (${(error as NodeJS.ErrnoException).code}); point XDG_CACHE_HOME to a folder that can`,
      { cause: error },
    )
  }
}
