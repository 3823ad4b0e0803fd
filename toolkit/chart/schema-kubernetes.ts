import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { close, mapValues, type Schema } from './schema-closed.ts'

export type Kind = { apiVersion: string; kind: string }

/** The schema of one of Kubernetes' own kinds from the OpenAPI v3 documents in its module; undefined when it has none. */
export async function kubernetesSchema(folder: string, { apiVersion, kind }: Kind): Promise<Schema | undefined> {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const schemas = await readSchemas(join(folder, group === '' ? 'api__v1' : `apis__${group}__${version}`))
  const name = Object.keys(schemas).find(each => isKind(schemas[each], { group, version, kind }))
  return name === undefined ? undefined : { $ref: `#/definitions/${name}`, definitions: mapValues(schemas, close) }
}

/** What every object's metadata may hold: a CustomResourceDefinition leaves it to the API server. */
export async function metadataSchema(folder: string): Promise<{ schema: Schema; definitions: Record<string, Schema> }> {
  const schemas = await readSchemas(join(folder, 'api__v1'))
  const name = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
  if (!schemas[name]) throw new Error(`${folder} has no ${name}`)
  return { schema: { $ref: `#/definitions/${name}` }, definitions: mapValues(schemas, close) }
}

async function readSchemas(path: string): Promise<Record<string, Schema>> {
  const file = `${path}_openapi.json`
  if (!existsSync(file)) return {}
  const document = JSON.parse(await readFile(file, 'utf8')) as { components: { schemas: Record<string, Schema> } } // OpenAPI v3
  return document.components.schemas
}

function isKind(schema: Schema | undefined, wanted: { group: string; version: string; kind: string }): boolean {
  const kinds = (schema?.['x-kubernetes-group-version-kind'] ?? []) as (typeof wanted)[] // Kubernetes' extension of OpenAPI
  return kinds.some(each => each.group === wanted.group && each.version === wanted.version && each.kind === wanted.kind)
}
