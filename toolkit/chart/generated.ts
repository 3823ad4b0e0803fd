import { existsSync, globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { deliveryFiles } from './delivery-files.ts'
import { readmeOf } from './readme.ts'

type File = { path: string; text: string }

/** A chart reads no file outside itself, so these are copied into it. */
const copies = {
  'helm/service/files/flags.json': 'flags/flags.json',
  'helm/service/files/dashboards/service.json': 'monitoring/dashboards/service.json',
}

/** Everything in the charts that is made from other files without Helm, as it has to be now. */
async function generatedFiles(root: string): Promise<File[]> {
  const copied = Object.entries(copies).map(async ([path, source]) => ({
    path,
    text: await readFile(join(root, source), 'utf8'),
  }))
  const charts = globSync('helm/*/Chart.yaml', { cwd: root }).sort().map(dirname)
  const made = await Promise.all([...copied, ...charts.map(chart => readme(root, chart))])
  made.push(...(await deliveryFiles(root)))
  return made
}

async function readme(root: string, chart: string): Promise<File> {
  const read = (name: string) => readFile(join(root, chart, name), 'utf8')
  const path = `${chart}/README.md`
  const now = existsSync(join(root, path)) ? await read('README.md') : undefined
  try {
    return { path, text: readmeOf(await read('Chart.yaml'), await read('values.yaml'), now) }
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error }) // nothing else is thrown
  }
}

/** Those that have to be written. The formatter lays out JSON in its own way, so of it only the meaning counts. */
export async function findDifferent(root: string): Promise<File[]> {
  const files = await generatedFiles(root)
  const different = await Promise.all(files.map(async file => ((await isCurrent(root, file)) ? [] : [file])))
  return different.flat()
}

async function isCurrent(root: string, { path, text }: File): Promise<boolean> {
  if (!existsSync(join(root, path))) return false
  const now = await readFile(join(root, path), 'utf8')
  return path.endsWith('.json') ? isDeepStrictEqual(JSON.parse(now), JSON.parse(text)) : now === text
}
