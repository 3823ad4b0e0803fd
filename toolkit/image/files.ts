import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { ask, type Image } from './images.ts'

/** Every path in an image, without a slash in front. */
export async function listFiles(
  image: Image,
  { engine, context }: { engine: Engine; context: Context },
): Promise<string[]> {
  const { env, signal, hurry } = context
  const folder = await mkdtemp(join(tmpdir(), 'image-files-'))
  const archive = join(folder, 'image.tar')
  const container = await ask(engine, ['create', image.id])
  try {
    await ask(engine, ['export', '--output', archive, container])
    const listed = await run('tar', ['-tf', archive], { env, signal })
    if (listed.code !== 0) throw new Error(`tar ended with ${listed.code}: ${listed.stderr.trim()}`)
    return listed.stdout
      .split('\n')
      .map(path => path.replace(/\/$/, ''))
      .filter(path => path !== '')
  } finally {
    await engine.docker(['rm', '--force', '--volumes', container], { signal: hurry })
    await rm(folder, { recursive: true, force: true })
  }
}
