import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Manifest } from './manifests-in.ts'
import type { Validator } from './validate.ts'

const unknown = { unknownToKubernetes: true }

type Spec = { spec?: Record<string, unknown> }

/** Plants a field that nobody knows into one object of each kind, at each of its upper levels; each has to be refused. */
export async function findLenientKinds(
  manifests: readonly Manifest[],
  validator: Validator,
  folder: string,
): Promise<string[]> {
  const lenient: string[] = []
  for (const [index, { where, planted }] of oneOfEachKind(manifests).flatMap(plant).entries()) {
    const file = join(folder, `planted-${index}.yaml`)
    await writeFile(file, stringify(planted))
    const { stdout } = await validator.validate(file, [planted])
    if (!stdout.includes("'unknownToKubernetes' not allowed"))
      lenient.push(`${planted.kind}: an unknown field in ${where} is not refused: ${stdout.trim()}`)
  }
  return lenient
}

const oneOfEachKind = (manifests: readonly Manifest[]) => [
  ...new Map(manifests.map(each => [`${each.apiVersion} ${each.kind}`, each])).values(),
]

function plant(manifest: Manifest & Spec): { where: string; planted: Manifest }[] {
  const { spec, metadata } = manifest
  return [
    { where: 'the object', planted: { ...manifest, ...unknown } },
    { where: 'metadata', planted: { ...manifest, metadata: { ...metadata, ...unknown } } },
    ...(spec ? [{ where: 'spec', planted: { ...manifest, spec: { ...spec, ...unknown } } as Manifest }] : []),
  ]
}
