import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Helm } from '../chart/helm.ts'
import type { Kustomize } from './build.ts'
import { findExamples } from './documents.ts'
import type { Fault } from './fault.ts'
import { type Judge, judgeObjects } from './judge.ts'
import { fetchedBy, filesOf, findKustomizations, type Kustomization } from './kustomizations.ts'
import { promotionMistakes } from './promoted.ts'
import { judgeReleases } from './releases.ts'

export type Tools = {
  kustomize: Kustomize
  /** Renders the charts of this checkout, whatever the kustomizations are a copy of. */
  helm: Helm
  checkout: string
  judge: Judge
}

export type Looked = { what: string; faults: Fault[] }

/**
 * What is wrong with each folder of flux/ and helm/ that has a kustomization.yaml, once kustomize has put it together; `of` narrows
 * them down to those that a file is part of.
 */
export async function lookAtKustomizations(root: string, tools: Tools, { of }: { of?: string } = {}): Promise<Looked> {
  const found = findKustomizations(root)
  const all = of === undefined ? found : found.filter(({ folder }) => filesOf(root, folder).includes(of))
  const faults: Fault[] = []
  let releases = 0
  for (const kustomization of all) {
    const looked = await lookAt(root, kustomization, tools)
    faults.push(...looked.faults)
    releases += looked.releases
  }
  return { what: `${all.length} kustomizations with ${releases} HelmReleases whose charts take their values`, faults }
}

async function lookAt(
  root: string,
  kustomization: Kustomization,
  { kustomize, helm, checkout, judge }: Tools,
): Promise<{ faults: Fault[]; releases: number }> {
  const { folder } = kustomization
  const file = `${folder}/kustomization.yaml`
  const [fetched] = fetchedBy(root, folder)
  if (fetched) {
    const message = `${fetched} would be fetched from elsewhere by every build; take what it holds into this repository`
    return { faults: [{ file, message }], releases: 0 }
  }
  const built = await kustomize.build(root, kustomization)
  if ('complaint' in built) return { faults: [{ file, message: `kustomize: ${built.complaint}` }], releases: 0 }
  const parts = [...filesOf(root, folder), ...(kustomization.isComponent ? filesOf(root, dirname(folder)) : [])]
  const texts = new Map(parts.map(path => [path, readFileSync(join(root, path), 'utf8')]))
  const { manifests, faults } = await judgeObjects(built.text, texts, judge)
  const environment = /^flux\/(nonprod|prod)$/.exec(folder)?.[1]
  if (environment !== undefined)
    faults.push(
      ...promotionMistakes(environment, manifests).map(message => ({ file: `${folder}/release.yaml`, message })),
    )
  if (faults.length > 0) return { faults, releases: 0 } // what a chart would say then says nothing new
  const releases = await judgeReleases(manifests, { root: checkout, file, helm, judge })
  return { faults: releases.faults, releases: releases.count }
}

/** What is wrong with the objects that guides show: people copy them. */
export async function lookAtGuides(root: string, { judge }: Tools): Promise<Looked> {
  const examples = await findExamples(root)
  const looked = await Promise.all(
    examples.map(async ({ file, line, text }, index) => {
      const own = { ...judge, scratch: join(judge.scratch, `example-${index}`) }
      const { faults } = await judgeObjects(text, new Map([[file, text]]), own)
      return faults.map(fault => ({ ...fault, line: (fault.line ?? 1) + line - 1 }))
    }),
  )
  return { what: `${examples.length} examples in docs/`, faults: looked.flat() }
}
