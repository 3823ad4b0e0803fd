import { until } from '../e2e/until.ts'
import type { Engine } from '../engine/engine.ts'
import type { Context } from '../step.ts'
import { buildImages } from './build.ts'
import { startHardened } from './container.ts'
import { listFiles } from './files.ts'
import { ask, type Image } from './images.ts'

export type Setting = { engine: Engine; context: Context }

/** Resolves to what was seen; throws what is wrong. */
type Proof = { name: string; run(image: Image, setting: Setting): Promise<string> }

const MIB = 2 ** 20

export const proofs: Proof[] = [
  { name: 'reproducible', run: proveReproducible },
  { name: 'contents', run: proveContents },
  { name: 'user 65532', run: (image, setting) => proveRun(image, '65532:65532', setting) },
  { name: 'user 12345', run: (image, setting) => proveRun(image, '12345:12345', setting) },
  { name: 'heap', run: proveHeap },
]

async function proveReproducible(image: Image, { engine, context }: Setting): Promise<string> {
  const name = `fairlead-again-${image.target}:local`
  const names = { [`${image.target.toUpperCase()}_IMAGE`]: name }
  try {
    const [again] = await buildImages(engine, [image.target], context, { noCache: true, names })
    const different = image.layers.filter(layer => !again?.layers.includes(layer))
    if (again?.layers.length !== image.layers.length || different.length > 0)
      throw new Error(`built again without a cache, these layers are others: ${different.join(', ')}`)
    return `${image.layers.length} layers are the same, built again without a cache`
  } finally {
    await engine.docker(['image', 'rm', '--force', name], { signal: context.hurry })
  }
}

/** What must not be there, and what scanners look for. */
async function proveContents(image: Image, setting: Setting): Promise<string> {
  const files = await listFiles(image, setting)
  const wrong = files.filter(file =>
    /(^|\/)((ba|da|z|a)?sh|busybox|npm|node_modules)$|\.node$|\.test\.|\.ts$/.test(file),
  )
  if (wrong.length > 0) throw new Error(`it has ${wrong.slice(0, 5).join(', ')}`)
  const bom = `app/${image.target}/bom.cdx.json`
  if (!files.includes(bom)) throw new Error(`it has no ${bom}`)
  return `no shell, no node_modules, no native addon in ${files.length} files; ${bom} is there`
}

async function proveRun(image: Image, user: string, { engine, context }: Setting): Promise<string> {
  await using container = await startHardened(image, { user, memory: '128m' }, { engine, context })
  const inspect = (format: string) => ask(engine, ['inspect', '--format', format, container.name])
  await until('health', () => inspect('{{.State.Status}} {{.State.Health.Status}}'), is('running healthy'), context)
  await ask(engine, ['stop', '--time', '60', container.name])
  const code = await inspect('{{.State.ExitCode}}')
  if (code !== '0') throw new Error(`SIGTERM ended it with ${code}: ${await container.logs()}`)
  return 'read-only, no capabilities, no new privileges; healthy; SIGTERM ends it with 0'
}

async function proveHeap(image: Image, setting: Setting): Promise<string> {
  const limits: string[] = []
  for (const megabytes of [128, 256]) {
    const options = { user: '65532:65532', memory: `${megabytes}m` }
    await using container = await startHardened(image, options, setting)
    const script = "process.stdout.write(String(require('node:v8').getHeapStatistics().heap_size_limit))"
    const said = await ask(setting.engine, ['exec', container.name, '/nodejs/bin/node', '--eval', script])
    const share = Number(said) / MIB / megabytes
    limits.push(`${Math.round(Number(said) / MIB)} of ${megabytes} MiB`)
    // Half for old objects, and what V8 adds for young ones.
    if (!(share > 0.4 && share < 0.75)) throw new Error(`V8 takes ${limits.at(-1)} for its heap, expected about a half`)
  }
  return `V8 takes ${limits.join(', ')}`
}

const is = (expected: string) => (said: string) => said === expected
