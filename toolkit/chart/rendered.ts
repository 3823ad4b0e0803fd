import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Chart, Shape } from './charts.ts'
import type { Helm } from './helm.ts'
import { type Manifest, manifestsIn } from './manifests-in.ts'
import type { Validator } from './validate.ts'

/** A shape as helm renders it, or why it cannot. */
export type Rendering = { manifests: Manifest[]; text: string } | { complaint: string }

export async function renderShape(helm: Helm, chart: Chart, shape: Shape): Promise<Rendering> {
  const { code, stdout, stderr } = await helm.template(chart.folder, [shape.file])
  return code === 0 ? { text: stdout, manifests: manifestsIn(stdout) } : { complaint: stderr.trim() }
}

type Tools = { helm: Helm; validator: Validator; folder: string }

export type Looked = { manifests: readonly Manifest[]; faults: string[] }

/** What helm and the schemas hold against a shape of a chart, and what it makes; `folder` is for passing files. */
export async function lookAtShape(chart: Chart, shape: Shape, { helm, validator, folder }: Tools): Promise<Looked> {
  const lint = await helm.lint(chart.folder, [shape.file])
  const faults = lint.code === 0 ? [] : [`${shape.file}: helm lint --strict:\n${lint.stdout}${lint.stderr}`.trimEnd()]
  const rendering = await renderShape(helm, chart, shape)
  if ('complaint' in rendering) {
    faults.push(`${shape.file}: helm template:\n${rendering.complaint}`)
    return { manifests: [], faults }
  }
  const file = join(folder, `${shape.name}.yaml`)
  await writeFile(file, rendering.text)
  const { code, stdout, stderr } = await validator.validate(file, rendering.manifests)
  if (code !== 0) faults.push(`${shape.file}: kubeconform:\n${stdout}${stderr}`.trimEnd())
  return { manifests: rendering.manifests, faults }
}
