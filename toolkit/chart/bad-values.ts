import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Chart } from './charts.ts'
import type { Helm } from './helm.ts'

const folder = 'toolkit/chart/bad-values'

/** A mistake in values. The file begins with `# <key>: <what is wrong>`; all else in it is right. */
type BadValues = { file: string; key: string }

export type Refusals = { files: number; faults: string[] }

/** Whether helm refuses each file of a chart, with a message that names its key and blames no other. */
export async function refuseBadValues({
  root,
  helm,
  chart,
}: {
  root: string
  helm: Helm
  chart: Chart
}): Promise<Refusals> {
  const found = globSync(`${folder}/${basename(chart.folder)}/*.yaml`, { cwd: root }).sort()
  const all = await Promise.all(found.map(file => readBadValues(root, file)))
  const faults = await Promise.all(
    all.map(async ({ file, key }) => {
      const { code, stderr } = await helm.template(chart.folder, [file])
      if (code === 0) return [`${file}: helm takes it, but ${key} is wrong`]
      return namesKey(stderr, key) ? [] : [`${file}: helm does not say that ${key} is wrong, but:\n${stderr.trim()}`]
    }),
  )
  return { files: all.length, faults: faults.flat() }
}

async function readBadValues(root: string, file: string): Promise<BadValues> {
  const [first = ''] = (await readFile(join(root, file), 'utf8')).split('\n')
  const [, key] = /^# ([\w.]+): \S/.exec(first) ?? []
  if (key === undefined)
    throw new Error(`${file}: expected "# <key>: <what is wrong>" as the first line, got "${first}"`)
  return { file, key }
}

/**
 * A schema's complaint is `at '<pointer>': <what>`, under lines such as `at '': 'allOf' failed` that only lead to it;
 * a template's is ours, `<key>: expected …`.
 */
export function namesKey(message: string, key: string): boolean {
  const complaints = [...message.matchAll(/at '([^']*)': (.*)/g)].filter(([, , what = '']) => !what.endsWith(' failed'))
  if (complaints.length === 0) return message.includes(` ${key}: `)
  const path = key.split('.')
  const parent = path
    .slice(0, -1)
    .map(each => `/${each}`)
    .join('')
  const own = `${parent}/${path.at(-1)}`
  return complaints.every(
    ([, pointer = '', what = '']) =>
      pointer === own || pointer.startsWith(`${own}/`) || (pointer === parent && what.includes(`'${path.at(-1)}'`)),
  )
}
