import { nearest } from '../lib/nearest.ts'
import { createReport } from './e2e/proof.ts'
import { openEngine } from './engine/engine.ts'
import { buildImages } from './image/build.ts'
import { type Image, readTargets } from './image/images.ts'
import { proofs, type Setting } from './image/proofs.ts'
import { orNotRun } from './not-run.ts'
import { parseOptions } from './options.ts'
import { type Step, UsageError } from './step.ts'

export const image: Step = {
  name: 'image',
  summary: 'Build the images of Dockerfile, and prove what they promise.',
  help: `Usage: ./fairlead image [target ...] [--check]

  target    as Dockerfile names them; default all
  --check   then shows of each: built again without a cache it has the same layers; it has no shell and no node_modules;
            it runs read-only, without capabilities, as any user; its heap follows its memory limit; SIGTERM ends it

They are built by the Docker engine of the environment, or one that is started for it (root on Linux), and named as
docker-compose.yml names them.`,
  async run(args, context) {
    const { values, positionals } = parseOptions(
      args,
      { check: { type: 'boolean', default: false } },
      { allowPositionals: true },
    )
    const targets = choose(positionals, await readTargets(context.root))
    return orNotRun(context, async () => {
      const engine = await openEngine(context, { images: ['NODE_IMAGE', 'RUNTIME_IMAGE'] })
      try {
        const images = await buildImages(engine, targets, context)
        for (const each of images) context.print(describe(each))
        if (!values.check) return 0
        return (await check(images, { engine, context })) ? 0 : 1
      } finally {
        await engine.close()
      }
    })
  },
}

async function check(images: Image[], setting: Setting): Promise<boolean> {
  const { context } = setting
  const report = createReport(context, new Map())
  for (const each of images) {
    for (const proof of proofs) {
      context.signal.throwIfAborted()
      await report.prove(`${each.target} ${proof.name}`, () => proof.run(each, setting))
    }
  }
  return report.end()
}

function choose(names: string[], all: string[]): string[] {
  for (const name of names.filter(each => !all.includes(each))) {
    const right = nearest(name, all)
    throw new UsageError(
      `Dockerfile has no target "${name}"; ${right ? `did you mean ${right}?` : `it has ${all.join(', ')}`}`,
    )
  }
  return names.length === 0 ? all : names
}

/** Size of the whole, and of what is not the base: that is what moves with each commit. */
function describe({ name, sizeBytes, own, layers }: Image): string {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  const ours = own.map(({ what, bytes }) => `${what} ${megabytes(bytes)}`).join(', ')
  return `${name}: ${megabytes(sizeBytes)} in ${layers.length} layers; ours: ${ours}`
}
