import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Exit, run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'
import type { Manifest } from './manifests-in.ts'
import { downloadModules } from './modules.ts'
import { customSchema, definitionsOf, type Modules } from './schema-crd.ts'
import { type Kind, kubernetesSchema } from './schema-kubernetes.ts'

/** Holds objects to the schemas of the pinned Kubernetes and the pinned definitions; a field unknown to them is a fault. */
export type Validator = { release: string; validate(file: string, manifests: readonly Manifest[]): Promise<Exit> }

/** Schemas are made when a kind first appears, and put into `folder`. */
export async function createValidator(folder: string, context: Context): Promise<Validator> {
  const { path, release } = await prepareTool(pinOf('kubeconform'), context)
  const kubernetes = await downloadModules('kubernetes', ['k8s.io/kubernetes'], context)
  const openapi = join(kubernetes.get('k8s.io/kubernetes') ?? '', 'api/openapi-spec/v3')
  const paths = Object.keys(definitionsOf) as (keyof typeof definitionsOf)[] // all keys, and no others
  const modules = await downloadModules('crds', paths, context)
  const known = new Set<string>()
  return {
    release,
    async validate(file, manifests) {
      for (const manifest of manifests) {
        const target = schemaFile(manifest)
        if (known.has(target)) continue
        known.add(target)
        await writeSchema(join(folder, target), manifest, { openapi, modules })
      }
      const args = ['-strict', '-schema-location', join(folder, schemaTemplate), file]
      return run(path, args, { cwd: context.root, env: context.env, signal: context.signal })
    },
  }
}

// kubeconform fills this in, where the group of `v1` is v1.
const schemaTemplate = '{{.Group}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json'

function schemaFile({ apiVersion, kind }: Kind): string {
  const parts = apiVersion.split('/')
  return `${parts[0]}/${parts.at(-1)}/${kind.toLowerCase()}.json`
}

/** Of a kind that nobody defines nothing is written: kubeconform then says so. */
async function writeSchema(
  file: string,
  kind: Kind,
  { openapi, modules }: { openapi: string; modules: Modules },
): Promise<void> {
  const schema = (await kubernetesSchema(openapi, kind)) ?? (await customSchema(modules, openapi, kind))
  if (schema === undefined) return
  await mkdir(dirname(file), { recursive: true })
  // OpenAPI 3.0 took its words from this draft.
  await writeFile(file, JSON.stringify({ $schema: 'http://json-schema.org/draft-04/schema#', ...schema }))
}
