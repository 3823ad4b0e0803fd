import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

const root = join(import.meta.dirname, '../..')

/** The release that every test renders. */
export const release = 'shop'

export type Values = Record<string, unknown>

/** What a chart renders from values, in the order of helm. */
export function renderChart(chart: string, values: Values = {}): Rendered {
  const { status, stdout, stderr } = helm(chart, values)
  assert.equal(status, 0, stderr)
  const documents = parseAllDocuments(stdout)
  for (const { errors } of documents) assert.deepEqual(errors, []) // such as a key that stands twice
  return createRendered(documents.map(document => document.toJS() as unknown))
}

/** What helm says when it refuses values, which it has to. */
export function refusal(chart: string, values: Values): string {
  const { status, stderr } = helm(chart, values)
  assert.notEqual(status, 0, `helm took ${JSON.stringify(values)}`)
  return stderr
}

function helm(chart: string, values: Values) {
  const program = process.env.HELM ?? ''
  assert.ok(existsSync(program), `HELM: expected the path of helm, got "${program}"; ./fairlead check chart sets it`)
  const args = ['template', release, join(root, chart), '--namespace', 'apps', '--values', '-']
  const ended = spawnSync(program, args, { input: JSON.stringify(values), encoding: 'utf8', maxBuffer: 2 ** 26 })
  const folder = process.env.TEST_OUTPUT_DIR
  if (folder) appendFileSync(join(folder, 'helm'), ended.stderr)
  return ended
}

export type Rendered = {
  /** `Kind/name` of each object. */
  names: string[]
  /** What stands at a path, such as `spec.template.spec.containers.0.image`, of an object that has to be there. */
  at(object: string, path?: string): unknown
}

function createRendered(documents: unknown[]): Rendered {
  const objects = new Map<string, unknown>(
    documents
      .filter(each => each !== null)
      .map(each => [`${reach(each, 'kind')}/${reach(each, 'metadata.name')}`, each] as const),
  )
  return {
    names: [...objects.keys()],
    at(object, path = '') {
      assert.ok(objects.has(object), `there is no ${object} among ${[...objects.keys()].join(', ')}`)
      return reach(objects.get(object), path)
    },
  }
}

const reach = (from: unknown, path: string): unknown =>
  path
    .split(/[.](?![^[]*\])/) // a key with dots in it stands in brackets
    .filter(key => key !== '')
    .map(key => key.replace(/^\[(.*)\]$/, '$1'))
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], from) // undefined leads nowhere
