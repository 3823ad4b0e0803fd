import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Exit, run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'
import type { Wanted } from './images.ts'
import type { StandIn } from './stand-ins/all.ts'

const LABEL = 'dev.fairlead.stand-in'

/** Never in a registry, and so that nobody takes it for the real one: `localhost/stand-in/postgres:18`. */
export const nameOf = ({ tag }: Wanted) => `localhost/stand-in/${tag.split('/').at(-1)}`

type Docker = (args: string[]) => Promise<Exit>

/** Makes the image unless the engine has it from the same sources; resolves to its name. */
export async function makeStandIn(docker: Docker, standIn: StandIn, wanted: Wanted, context: Context): Promise<string> {
  const name = nameOf(wanted)
  const key = await keyOf(standIn, context)
  const found = await docker(['image', 'inspect', '--format', `{{index .Config.Labels "${LABEL}.key"}}`, name])
  if (found.code === 0 && found.stdout.trim() === key) return name
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-image-'))
  try {
    const [root, archive] = [join(folder, 'root'), join(folder, 'image.tar')]
    await mkdir(root)
    await standIn.fill(root, context)
    const packed = await run('tar', ['--numeric-owner', '--exclude=./dev/*', '-C', root, '-cf', archive, '.'], context)
    if (packed.code !== 0) throw new Error(`${name}: tar ended with ${packed.code}: ${packed.stderr.trim()}`)
    const config = [...standIn.config, `LABEL ${LABEL}=1`, `LABEL ${LABEL}.key=${key}`]
    const imported = await docker(['import', ...config.flatMap(line => ['--change', line]), archive, name])
    if (imported.code !== 0) throw new Error(`${name}: ${imported.stderr.trim()}`)
    return name
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Of all that goes into the image, as far as it is ours. */
async function keyOf({ variable, config, tools }: StandIn, context: Context): Promise<string> {
  const files = globSync('*', { cwd: join(import.meta.dirname, 'stand-ins') }).sort()
  const texts = await Promise.all(files.map(file => readFile(join(import.meta.dirname, 'stand-ins', file), 'utf8')))
  const built = await Promise.all(tools.map(async name => (await prepareTool(pinOf(name), context)).path))
  const parts = [variable, config, texts, built, process.version]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
