import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findCharts } from '../chart/charts.ts'
import { type Helm, prepareHelm } from '../chart/helm.ts'
import { downloadModules } from '../chart/modules.ts'
import { lookAtShape } from '../chart/rendered.ts'
import { definitionsOf } from '../chart/schema-crd.ts'
import { createValidator, type Validator } from '../chart/validate.ts'
import { annotate } from '../github.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { Skipped } from '../verdict.ts'
import { prepareKustomize } from './build.ts'
import { findKustomizations } from './kustomizations.ts'
import { type Looked, lookAtGuides, lookAtKustomizations, type Tools } from './look.ts'
import { missedMistakes } from './planted.ts'
import { lookAtPreviews } from './previews.ts'
import { findStaleVerifiers } from './verifiers.ts'

/** Resolves to what was looked at; throws when something is wrong with it, after an annotation for each fault. */
export async function checkManifests(context: Context): Promise<string> {
  await using scratch = await temporaryFolder('manifests-')
  const { root } = context
  if (findKustomizations(root).length === 0) throw new Skipped('neither flux/ nor helm/ has a kustomization.yaml')
  const tools = await prepareTools(scratch.path, context)
  const all: Looked[] = [
    await lookAtKustomizations(root, tools),
    await lookAtVerifiers(root),
    await lookAtShapes(root, tools),
    await lookAtGuides(root, tools),
  ]
  // What is made from these files, and what is planted into them, says nothing new while they have faults of their own.
  if (all.every(each => each.faults.length === 0)) {
    if (existsSync(join(root, 'flux/previews'))) all.push(await lookAtPreviews(tools, scratch.path))
    all.push(await missedMistakes(tools, scratch.path))
  }
  // A base is part of several kustomizations, and its faults are seen in each.
  const faults = new Map(all.flatMap(each => each.faults).map(fault => [JSON.stringify(fault), fault]))
  for (const { file, line, message } of faults.values())
    annotate(context, { level: 'error', file, ...(line !== undefined && { line }), title: 'manifests' }, message)
  if (faults.size > 0) throw new Error(`${faults.size} faults, see above`)
  return all.map(each => each.what).join('; ')
}

async function prepareTools(folder: string, context: Context): Promise<Tools> {
  const kustomize = await prepareKustomize(folder, context)
  const helm: Helm = await prepareHelm(context)
  const validator: Validator = await createValidator(join(folder, 'schemas'), context)
  const paths = Object.keys(definitionsOf) as (keyof typeof definitionsOf)[] // all keys, and no others
  const modules = await downloadModules('crds', paths, context)
  return { kustomize, helm, checkout: context.root, judge: { validator, modules, scratch: join(folder, 'objects') } }
}

async function lookAtVerifiers(root: string): Promise<Looked> {
  const stale = await findStaleVerifiers(root)
  const message = 'is not what .github/identities.json says: run ./fairlead manifests --write'
  return { what: 'verifiers are current', faults: stale.map(({ path }) => ({ file: path, message })) }
}

async function lookAtShapes(root: string, { helm, judge }: Tools): Promise<Looked> {
  const charts = findCharts(root)
  const faults: Looked['faults'] = []
  for (const chart of charts)
    for (const shape of chart.shapes) {
      const looked = await lookAtShape(chart, shape, { helm, validator: judge.validator, folder: judge.scratch })
      faults.push(...looked.faults.map(message => ({ file: shape.file, message })))
    }
  const count = charts.reduce((sum, { shapes }) => sum + shapes.length, 0)
  return { what: `${count} shapes of ${charts.length} charts`, faults }
}
