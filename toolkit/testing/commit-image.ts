import type { Engine } from '../engine/engine.ts'
import { ask } from '../image/images.ts'

type Change = {
  /** Instructions of a Dockerfile that need no build, such as `CMD ["a"]`. */
  change: string
  /** Copied into it: from a path here to one in the image. */
  copy?: { from: string; to: string }
}

/** An image made of another one without a build, which would need a plugin of its own. */
export async function commitImage(engine: Engine, base: string, name: string, { change, copy }: Change): Promise<void> {
  const container = await ask(engine, ['create', base])
  try {
    if (copy) await ask(engine, ['cp', copy.from, `${container}:${copy.to}`])
    await ask(engine, ['commit', '--change', change, container, name])
  } finally {
    await engine.docker(['rm', '--force', container])
  }
}
