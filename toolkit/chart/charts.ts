import { globSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** A chart below helm/, and the shapes it is rendered in: a values file of its ci/ folder each. */
export type Chart = { folder: string; shapes: readonly Shape[] }

/** `file` from the root of the checkout. */
export type Shape = { name: string; file: string }

export function findCharts(root: string): Chart[] {
  return globSync('helm/*/Chart.yaml', { cwd: root })
    .sort()
    .map(file => ({ folder: dirname(file), shapes: findShapes(root, dirname(file)) }))
}

function findShapes(root: string, folder: string): Shape[] {
  return globSync(`${folder}/ci/*-values.yaml`, { cwd: root })
    .sort()
    .map(file => ({ name: basename(file, '-values.yaml'), file }))
}
