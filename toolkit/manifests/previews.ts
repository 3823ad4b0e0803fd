import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { filesOfSet } from '../preview/files.ts'
import type { Preview } from '../preview/render.ts'
import type { Fault } from './fault.ts'
import { judgeObjects } from './judge.ts'
import type { Looked, Tools } from './look.ts'
import { judgeReleases } from './releases.ts'

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const one: Preview = { number: 7, imageDigest: digest('a'), chartDigest: digest('b'), host: 'pr-7.preview.example.com' }
const sets: Record<string, readonly Preview[]> = {
  'no preview': [],
  'two previews': [one, { ...one, number: 12, host: 'pr-12.preview.example.com' }],
}

/** What is wrong with the sets that `./fairlead preview` would publish. */
export async function lookAtPreviews(tools: Tools, scratch: string): Promise<Looked> {
  const names = { image: 'ghcr.io/example/shop/service', chart: 'ghcr.io/example/shop/charts/service' }
  const faults: Fault[] = []
  for (const [what, previews] of Object.entries(sets)) {
    const root = join(scratch, what.replace(' ', '-'))
    for (const [path, text] of await filesOfSet(tools.checkout, previews, names)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    faults.push(...(await lookAt(root, what, tools)))
  }
  return { what: `${Object.keys(sets).length} sets of previews`, faults }
}

async function lookAt(root: string, what: string, { kustomize, helm, checkout, judge }: Tools): Promise<Fault[]> {
  const file = 'flux/previews/kustomization.yaml'
  const about = (faults: readonly Fault[]) =>
    faults.map(({ message }) => ({ file, message: `a set of ${what}: ${message}` }))
  const built = await kustomize.build(root, { folder: 'previews', isComponent: false })
  if ('complaint' in built) return about([{ file, message: built.complaint }])
  const { manifests, faults } = await judgeObjects(built.text, new Map([[file, '']]), judge)
  if (faults.length > 0) return about(faults)
  return about((await judgeReleases(manifests, { root: checkout, file, helm, judge })).faults)
}
