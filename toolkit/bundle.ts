import { existsSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { type Bundle, buildBundle, type Target } from './bundle/bundler.ts'
import { deliveryTarget } from './delivery/target.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'

/** What an image ships. Assets are copied beside the target's folder, so that `new URL('../migrations/', …)` finds them. */
const targets: (Target & { assets: string[] })[] = [
  {
    name: 'service',
    entries: { main: 'service/main.ts', migrate: 'service/migrate.ts', healthcheck: 'service/healthcheck.ts' },
    assets: ['migrations'],
  },
  deliveryTarget,
]

export const bundle: Step = {
  name: 'bundle',
  summary: 'Make one self-contained file per program, that plain Node runs without node_modules.',
  help: `Usage: ./fairlead bundle [--out <folder>]

  --out <folder>   where the bundles go; default .build

Each program becomes one file, with further files for what it imports late, source maps,
and bom.cdx.json, the CycloneDX list of the npm packages that are in them.
The same sources give the same bytes.`,
  async run(args, { root, print }) {
    const { values } = parseOptions(args, { out: { type: 'string', default: '.build' } })
    const out = resolve(root, values.out)
    for (const target of targets) refuseToOverwrite(out, target)
    for (const target of targets) {
      const made = await buildBundle(root, target)
      await write(made, root, out, target)
      for (const line of describe(made)) print(join(relative(process.cwd(), out) || '.', target.name, line))
    }
    return 0
  },
}

/** `--out .` would replace the sources. */
function refuseToOverwrite(out: string, { name, assets }: (typeof targets)[number]): void {
  if (existsSync(join(out, name, 'bom.cdx.json'))) return
  const found = [name, ...assets].map(each => join(out, each)).find(existsSync)
  if (found) throw new Error(`${found} is not part of a bundle; give --out another folder, or remove it`)
}

async function write(
  { files }: Bundle,
  root: string,
  out: string,
  { name, assets }: (typeof targets)[number],
): Promise<void> {
  const folder = join(out, name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(out, 'package.json'), '{ "type": "module" }\n')
  // The list goes first: it marks the folder as ours, also when we are interrupted.
  for (const [file, text] of files) await writeFile(join(folder, file), text)
  for (const asset of assets) {
    await rm(join(out, asset), { recursive: true, force: true })
    await cp(join(root, asset), join(out, asset), { recursive: true })
  }
}

/** One line per program: what it loads at start, and what it may load later. */
function describe({ chunks, packageCount }: Bundle): string[] {
  const byName = new Map(chunks.map(chunk => [chunk.fileName, chunk]))
  const reach = (names: string[], late: boolean, seen = new Set<string>()): Set<string> => {
    for (const name of names) {
      const chunk = byName.get(name)
      if (!chunk || seen.has(name)) continue
      seen.add(name)
      reach(late ? [...chunk.imports, ...chunk.dynamicImports] : chunk.imports, late, seen)
    }
    return seen
  }
  const size = (names: Set<string>) =>
    [...names].reduce((sum, name) => sum + Buffer.byteLength(byName.get(name)?.code ?? ''), 0)
  const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`
  const lines = chunks
    .filter(chunk => chunk.isEntry)
    .map(({ fileName }) => {
      const atStart = size(reach([fileName], false))
      const late = size(reach([fileName], true)) - atStart
      return `${fileName}: ${kilobytes(atStart)} at start${late > 0 ? `, ${kilobytes(late)} more when first needed` : ''}`
    })
  return [...lines, `bom.cdx.json: ${packageCount} packages`]
}
