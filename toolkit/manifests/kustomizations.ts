import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { parse } from 'yaml'

/** A folder with a kustomization.yaml. A component is built on top of the folder above it, which is what it changes. */
export type Kustomization = { folder: string; isComponent: boolean }

/** As much of a kustomization.yaml as says which files it is made of. */
type Content = {
  kind?: string
  resources?: string[]
  components?: string[]
  patches?: { path?: string }[]
  replacements?: { path?: string }[]
}

export function findKustomizations(root: string): Kustomization[] {
  return globSync('{flux,helm}/**/kustomization.yaml', { cwd: root })
    .map(file => file.replaceAll('\\', '/'))
    .sort()
    .map(file => ({ folder: dirname(file), isComponent: read(join(root, file)).kind === 'Component' }))
}

/** Every file of ours that a kustomization is made of, itself first; one that is missing is left to kustomize to tell. */
export function filesOf(root: string, folder: string): string[] {
  const own = `${folder}/kustomization.yaml`
  if (!existsSync(join(root, own))) return []
  const { resources = [], components = [], patches = [], replacements = [] } = read(join(root, own))
  const paths = [...[...patches, ...replacements].flatMap(each => each.path ?? []), ...resources, ...components]
  const found = paths
    .map(path => posix.join(folder, path))
    .flatMap(path => (path.endsWith('.yaml') ? [path] : filesOf(root, path)))
  return [...new Set([own, ...found.filter(path => existsSync(join(root, path)))])]
}

/** What kustomize would fetch from elsewhere while it builds: nobody reviewed that, and it may be another thing tomorrow. */
export function fetchedBy(root: string, folder: string): string[] {
  const kustomizations = filesOf(root, folder).filter(path => path.endsWith('/kustomization.yaml'))
  return kustomizations
    .map(path => read(join(root, path)))
    .flatMap(({ resources = [], components = [] }) => [...resources, ...components])
    .filter(each => /:\/\/|^[\w-]+(\.[\w-]+)+\/.*\/|^git@|\?ref=/.test(each))
}

const read = (path: string): Content => (parse(readFileSync(path, 'utf8')) as Content | null) ?? {} // an empty file is null
