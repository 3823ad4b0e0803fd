import { createHash } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { ask } from './images.ts'
import { setTimes } from './set-times.ts'

export type Saved = {
  /** Digest of the config, whichever store the engine has: only that of old calls it the image's id. */
  id: string
  labels: Readonly<Record<string, string>>
}

type Place = Pick<Context, 'root' | 'env' | 'signal'>

/** `docker save` to a file below the root, the same for the same commit, which is of `at`; nobody ever sees half of one. */
export async function saveImage(
  engine: Engine,
  { name, file, at }: { name: string; file: string; at: Date },
  context: Place,
): Promise<Saved> {
  const path = join(context.root, file)
  await mkdir(dirname(path), { recursive: true })
  const attempt = `${path}.part`
  try {
    await ask(engine, ['save', '--output', attempt, name])
    await setTimes(attempt, at, context)
    await rename(attempt, path)
  } finally {
    await rm(attempt, { force: true })
  }
  return readSaved(file, context)
}

/** What the archive of an image holds, asked of the bytes themselves. */
export async function readSaved(file: string, context: Place): Promise<Saved> {
  const manifest = JSON.parse(await extract(file, 'manifest.json', context)) as { Config: string }[] // Docker's own format
  const [only, ...more] = manifest
  if (only === undefined || more.length > 0) throw new Error(`${file}: expected one image, got ${manifest.length}`)
  const config = await extract(file, only.Config, context)
  const { config: settings }: { config?: { Labels?: Record<string, string> } } = JSON.parse(config) // OCI's image config
  return {
    id: `sha256:${createHash('sha256').update(config).digest('hex')}`,
    labels: settings?.Labels ?? {},
  }
}

/** Gives the engine what is in an archive; resolves to the name that the archive gives it. */
export async function loadImage(engine: Engine, path: string): Promise<string> {
  const said = await ask(engine, ['load', '--input', path])
  const name = /^Loaded image(?: ID)?: (\S+)$/m.exec(said)?.[1]
  if (name === undefined) throw new Error(`docker load --input ${path} said ${said}`)
  return name
}

async function extract(file: string, member: string, { root, env, signal }: Place): Promise<string> {
  const args = ['--extract', '--to-stdout', '--file', file, '--', member]
  const { code, stdout, stderr } = await run('tar', args, { cwd: root, env, signal })
  if (code === 0) return stdout
  throw new Error(`${file} is no image that docker has saved: ${stderr.trim()}`)
}
