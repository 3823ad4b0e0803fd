import { readFile, writeFile } from 'node:fs/promises'
import { compose, type Stack, type Traffic } from './stack.ts'

/** A place to break things in, and who asks the service meanwhile. */
export type Scene = { stack: Stack; traffic: Traffic }

/** What makes an alert true. Both ends are done once; `clear` is done even when we are told to stop. */
export type Condition = { make(scene: Scene): Promise<void>; clear(scene: Scene): Promise<void> }

/** What the service answers while nothing is wrong: enough for every guard against few events. */
export const calm = { path: '/', perSecond: 20 }

/** What was broken first is mended first, and the other one is mended even when that fails. */
export const both = (first: Condition, second: Condition): Condition => ({
  async make(scene) {
    await first.make(scene)
    await second.make(scene)
  },
  async clear(scene) {
    try {
      await first.clear(scene)
    } finally {
      await second.clear(scene)
    }
  },
})

/** A container that is not there any more; as after a crash that nobody restarts. */
export const stopped = (service: string): Condition => ({
  make: async ({ stack }) => void (await compose(stack, 'stop', service)),
  clear: async ({ stack }) => void (await compose(stack, 'start', service)),
})

/** A flag that has this variant, in the file that flagd watches. */
export const flagged = (flag: string, variant: string): Condition => ({
  make: ({ stack }) => setVariant(stack, flag, variant),
  clear: ({ stack }) => setVariant(stack, flag, 'off'),
})

async function setVariant({ files }: Stack, flag: string, variant: string): Promise<void> {
  const file: { flags: Record<string, { variants: object; defaultVariant: string }> } = JSON.parse(
    await readFile(files.flags, 'utf8'), // a copy of flags/flags.json, which flagd and the tests hold in shape
  )
  const found = file.flags[flag]
  if (!found || !(variant in found.variants))
    throw new Error(`flags/flags.json has no flag ${flag} with a variant ${variant}; were the faults deleted?`)
  found.defaultVariant = variant
  await writeFile(files.flags, JSON.stringify(file, undefined, 2)) // in place: flagd watches the file
}

export const noTraffic: Condition = {
  make: ({ traffic }) => traffic.set(calm.path, 0),
  clear: ({ traffic }) => traffic.set(calm.path, calm.perSecond),
}

/** Requests for something that only the database knows. A fork that has deleted the sample names a route of its own. */
export const databaseTraffic: Condition = {
  make: ({ traffic }) => traffic.set('/users/1/orders', calm.perSecond),
  clear: ({ traffic }) => traffic.set(calm.path, calm.perSecond),
}
