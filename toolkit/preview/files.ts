import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Manifest } from '../chart/manifests-in.ts'
import { type Names, type Preview, renderPreviews } from './render.ts'

/** Everything that Flux needs to build the set: the set itself, and below flux/ what it builds on. */
export async function filesOfSet(
  root: string,
  previews: readonly Preview[],
  names: Omit<Names, 'release'>,
): Promise<Map<string, string>> {
  const paths = globSync('flux/{base/namespace,base/service,previews}/**/*.yaml', { cwd: root }).sort()
  const bases = await Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await read(root, path)]))
  const release = parse(await read(root, 'flux/base/service/helm-release.yaml')) as Manifest // `manifests` looks at it
  return new Map([...bases, ...renderPreviews(previews, { ...names, release: release.metadata.name })])
}

const read = (root: string, path: string) => readFile(join(root, path), 'utf8')
