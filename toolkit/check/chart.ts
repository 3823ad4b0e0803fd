import { globSync } from 'node:fs'
import { refuseBadValues } from '../chart/bad-values.ts'
import { type Chart, findCharts } from '../chart/charts.ts'
import { type Helm, prepareHelm } from '../chart/helm.ts'
import { findStaleManifests } from '../chart/manifests.ts'
import type { Manifest } from '../chart/manifests-in.ts'
import { lookAtShape } from '../chart/rendered.ts'
import { findLenientKinds } from '../chart/strictness.ts'
import { createValidator } from '../chart/validate.ts'
import { run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { NoGo } from '../tools/go.ts'
import type { Verdict } from './parts.ts'

/**
 * Every shape of every chart is linted, rendered and held to the schemas of what it makes; bad values are refused; the tests of
 * templates pass; and the manifests for those without helm are what the charts render.
 */
export async function checkChart(context: Context): Promise<Verdict> {
  const charts = findCharts(context.root)
  if (charts.length === 0) return { word: 'skipped', detail: 'helm/ has no chart' }
  try {
    const helm = await prepareHelm(context)
    const found = [
      ...(await checkShapes(charts, helm, context)),
      await checkBadValues(charts, helm, context),
      await checkTemplates(helm, context),
      await checkManifests(helm, context),
    ]
    const faults = found.flatMap(each => each.faults)
    for (const fault of faults) context.print(fault)
    if (faults.length > 0) return { word: 'FAILED', detail: `${faults.length} faults, see above` }
    return { word: 'passed', detail: `helm ${helm.release}: ${found.map(each => each.detail).join('; ')}` }
  } catch (error) {
    if (error instanceof NoGo) return { word: 'not run', detail: `there is no helm or kubeconform: ${error.message}` }
    throw error
  }
}

type Found = { detail: string; faults: string[] }

async function checkShapes(charts: readonly Chart[], helm: Helm, context: Context): Promise<Found[]> {
  await using folder = await temporaryFolder('chart-')
  const validator = await createValidator(folder.path, context)
  const tools = { helm, validator, folder: folder.path }
  const found: Found[] = []
  const manifests: Manifest[] = []
  for (const { folder, shapes } of charts) {
    const faults = shapes.length === 0 ? [`${folder}/ci: expected a values file for each shape, found none`] : []
    for (const shape of shapes) {
      const looked = await lookAtShape({ folder, shapes }, shape, tools)
      manifests.push(...looked.manifests)
      faults.push(...looked.faults)
    }
    found.push({ detail: `${folder} in ${shapes.length} shapes`, faults })
  }
  const kinds = new Set(manifests.map(each => each.kind)).size
  const lenient = await findLenientKinds(manifests, validator, folder.path)
  return [...found, { detail: `${kinds} kinds of which unknown fields are refused`, faults: lenient }]
}

async function checkBadValues(charts: readonly Chart[], helm: Helm, { root }: Context): Promise<Found> {
  const all = await Promise.all(charts.map(chart => refuseBadValues({ root, helm, chart })))
  const files = all.reduce((sum, each) => sum + each.files, 0)
  return { detail: `${files} bad values refused`, faults: all.flatMap(each => each.faults) }
}

/** The tests are named apart from the others, because `npm test` has no helm. */
async function checkTemplates(helm: Helm, { root, env, signal }: Context): Promise<Found> {
  const files = globSync('toolkit/chart/*.helm.test.ts', { cwd: root }).sort()
  if (files.length === 0) return { detail: 'no tests of templates', faults: [] }
  const { NODE_TEST_CONTEXT: _, ...rest }: NodeJS.ProcessEnv = { ...env, HELM: helm.path, NO_COLOR: '1' }
  const args = ['--test', '--test-reporter=spec', ...files]
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: root, env: rest, signal })
  const count = /^ℹ pass (\d+)$/m.exec(stdout)?.[1] ?? '0'
  return { detail: `${count} tests of templates`, faults: code === 0 ? [] : [`${stdout}${stderr}`.trimEnd()] }
}

async function checkManifests(helm: Helm, context: Context): Promise<Found> {
  const stale = await findStaleManifests(helm.path, context)
  return {
    detail: 'plain manifests are current',
    faults: stale.map(file => `${file} is not current: run ./fairlead chart`),
  }
}
