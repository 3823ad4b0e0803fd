import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseOptions } from './options.ts'
import { findDifferent } from './slo/files.ts'
import type { Step } from './step.ts'

export const slo: Step = {
  name: 'slo',
  summary: 'Make rules, alerts, their tests, dashboards and runbook skeletons from monitoring/slo.',
  help: `Usage: ./fairlead slo [--check]

  --check  write nothing; exit 1 and name each file that is not current

In a runbook only the parts between its marks are written. ./fairlead check promtool runs the tests.`,
  async run(args, { root, print }) {
    const { values } = parseOptions(args, { check: { type: 'boolean', default: false } })
    const different = await findDifferent(root)
    for (const { path, text } of different) {
      if (!values.check) await put(join(root, path), text)
      print(`${path}${values.check ? ' is not current: run ./fairlead slo' : text === undefined ? ' is removed' : ''}`)
    }
    if (different.length === 0) print('everything is current')
    return values.check && different.length > 0 ? 1 : 0
  },
}

async function put(path: string, text: string | undefined): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await (text === undefined ? rm(path) : writeFile(path, text))
}
