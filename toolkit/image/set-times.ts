import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'

type Config = { created?: string; history?: { created?: string }[] }

/**
 * Writes the archive of an image again with no time later than `at`, that of its commit. The layers are the same for the same
 * sources by the Dockerfile; the moment of the build in the config is what would still make another image, with another
 * digest, of the same commit: not every engine heeds SOURCE_DATE_EPOCH there.
 */
export async function setTimes(archive: string, at: Date, context: Pick<Context, 'env' | 'signal'>): Promise<void> {
  const folder = await mkdtemp(join(dirname(archive), '.image-'))
  try {
    const tar = async (...args: string[]) => {
      const { code, stderr } = await run('tar', ['--directory', folder, ...args], context)
      if (code !== 0) throw new Error(`tar ${args[0]} ${archive} ended with ${code}: ${stderr.trim()}`)
    }
    await tar('--extract', '--file', archive)
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      Config: string
      Layers: string[]
    }[] // Docker's own format
    const [only, ...more] = manifest
    if (only === undefined || more.length > 0) throw new Error(`${archive}: expected one image, got ${manifest.length}`)
    const config = clampTimes(await readFile(join(folder, only.Config), 'utf8'), at)
    const name = `${createHash('sha256').update(config).digest('hex')}.json`
    await writeFile(join(folder, name), config)
    await writeFile(join(folder, 'manifest.json'), JSON.stringify([{ ...only, Config: name }]))
    // What else newer engines write names the old config; `docker load` of any age needs none of it.
    const members = ['manifest.json', name, ...new Set(only.Layers)]
    const same = ['--owner=0', '--group=0', '--mtime=@0', '--mode=644', '--dereference', '--hard-dereference']
    await tar('--create', ...same, '--file', join(folder, 'image.tar'), ...members)
    await rename(join(folder, 'image.tar'), archive)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Those of the base stay what they are. */
export function clampTimes(text: string, at: Date): string {
  const clamp = (time: string | undefined) => (time !== undefined && new Date(time) > at ? at.toISOString() : time)
  const config = JSON.parse(text) as Config // OCI's image config; all else in it is kept
  if (config.created !== undefined) config.created = clamp(config.created) ?? config.created
  for (const step of config.history ?? [])
    if (step.created !== undefined) step.created = clamp(step.created) ?? step.created
  return JSON.stringify(config)
}
