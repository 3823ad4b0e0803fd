import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { definitionsOf, type Modules } from '../chart/schema-crd.ts'

type Definition = { spec: { names: { kind: string }; versions: { name: string; served: boolean }[] } }

/** In which versions the pinned definitions serve a kind, such as helm.toolkit.fluxcd.io/v2; none when they do not know it. */
export async function servedVersions(
  modules: Modules,
  wanted: { apiVersion: string; kind: string },
): Promise<string[]> {
  const [group = ''] = wanted.apiVersion.split('/')
  const found: string[] = []
  for (const [module, folder] of modules) {
    for (const file of globSync(definitionsOf[module], { cwd: folder }).filter(each => each.includes(`/${group}_`))) {
      const { names, versions } = (parse(await readFile(join(folder, file), 'utf8')) as Definition).spec // a file of definitions
      if (names.kind === wanted.kind)
        found.push(...versions.filter(each => each.served).map(each => `${group}/${each.name}`))
    }
  }
  return found
}
