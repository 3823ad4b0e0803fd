import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { close, type Schema } from './schema-closed.ts'
import { type Kind, metadataSchema } from './schema-kubernetes.ts'

type Definition = {
  spec: {
    group: string
    names: { kind: string; plural: string }
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: Schema } }[]
  }
}

/** Where each module keeps its CustomResourceDefinitions; the files are named after what they define. */
export const definitionsOf = {
  'github.com/cert-manager/cert-manager': 'deploy/crds/*.yaml',
  'github.com/external-secrets/external-secrets': 'config/crds/bases/*.yaml',
  'github.com/fluxcd/helm-controller': 'config/crd/bases/*.yaml',
  'github.com/fluxcd/kustomize-controller': 'config/crd/bases/*.yaml',
  'github.com/fluxcd/notification-controller': 'config/crd/bases/*.yaml',
  'github.com/fluxcd/source-controller': 'config/crd/bases/*.yaml',
  'github.com/prometheus-operator/prometheus-operator': 'example/prometheus-operator-crd/*.yaml',
  'sigs.k8s.io/gateway-api': 'config/crd/standard/*.yaml',
} as const

export type Modules = ReadonlyMap<keyof typeof definitionsOf, string>

/** The schema of a kind that a CustomResourceDefinition in the modules defines; undefined when none does. */
export async function customSchema(
  modules: Modules,
  openapi: string,
  { apiVersion, kind }: Kind,
): Promise<Schema | undefined> {
  const [group = '', version = ''] = apiVersion.split('/')
  for (const [module, folder] of modules) {
    for (const file of globSync(definitionsOf[module], { cwd: folder }).filter(each => each.includes(`/${group}_`))) {
      const { spec } = parse(await readFile(join(folder, file), 'utf8')) as Definition // a file of definitions, by its name
      const found =
        spec.names.kind === kind ? spec.versions.find(each => each.served && each.name === version) : undefined
      if (found) return withMetadata(close(found.schema.openAPIV3Schema), openapi)
    }
  }
  return undefined
}

async function withMetadata(schema: Schema, openapi: string): Promise<Schema> {
  const metadata = await metadataSchema(openapi)
  return {
    ...schema,
    properties: { ...schema.properties, metadata: metadata.schema },
    definitions: metadata.definitions,
  }
}
