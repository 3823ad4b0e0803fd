import { existsSync, globSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { Context } from '../step.ts'
import { need } from '../tools/need.ts'
import { ask } from './ask.ts'
import { type Finding, lineOf } from './finding.ts'

export const findWorkflows = (root: string): string[] =>
  globSync('.github/workflows/*.{yml,yaml}', { cwd: root }).sort()

/** Whether GitHub understands the workflows: syntax, contexts, inputs of actions, and shellcheck over each `run:` where it is there. */
export async function runActionlint(context: Context): Promise<Finding[]> {
  const { path } = await need('actionlint', context)
  const files = findWorkflows(context.root)
  if (files.length === 0) return []
  const args = ['-format', '{{json .}}', '-pyflakes', '', ...files]
  const { stdout } = await ask('actionlint', [path, ...args], { findings: [1] }, context)
  return parseActionlint(stdout)
}

type Actionlint = { filepath: string; line: number; kind: string; message: string }[]

function parseActionlint(json: string): Finding[] {
  const found = JSON.parse(json) as Actionlint // its docs/usage.md, "Format error messages"
  return found.map(({ filepath, line, kind, message }) => ({
    file: normalize(filepath),
    line,
    rule: `actionlint/${kind}`,
    message,
  }))
}

/** Whether somebody could misuse the workflows and actions. Pedantic, because nothing else asks for the reason of each permission. */
export async function runZizmor(context: Context): Promise<Finding[]> {
  const { path } = await need('zizmor', context)
  if (!existsSync(join(context.root, '.github'))) return []
  // With a token it would ask GitHub, and the answer would change from one day to the next.
  const { GH_TOKEN: _, GITHUB_TOKEN: __, ZIZMOR_GITHUB_TOKEN: ___, ...env } = context.env
  const args = [
    '--offline',
    '--persona=pedantic',
    '--format=json-v1',
    '--no-progress',
    '--strict-collection',
    '.github',
  ]
  // 11 to 14 tell the gravest finding; 3 says that there is nothing to look at.
  const { code, stdout } = await ask('zizmor', [path, ...args], { findings: [3, 11, 12, 13, 14] }, { ...context, env })
  return code === 3 ? [] : parseZizmor(stdout)
}

type Place = {
  symbolic: { kind: string; annotation: string; key: { Local?: { verbatim_path: string } } }
  concrete: { location: { start_point: { row: number } } }
}
type Zizmor = { ident: string; desc: string; url: string; ignored: boolean; locations: Place[] }[]

function parseZizmor(json: string): Finding[] {
  const found = JSON.parse(json) as Zizmor // its docs/usage.md, "JSON v1"
  return found
    .filter(each => !each.ignored)
    .map(({ ident, desc, url, locations }) => {
      const place = locations.find(each => each.symbolic.kind === 'Primary') ?? locations[0]
      return {
        file: normalize(place?.symbolic.key.Local?.verbatim_path ?? '.github'),
        ...lineOf(place && place.concrete.location.start_point.row + 1),
        rule: `zizmor/${ident}`,
        message: `${desc}: ${place?.symbolic.annotation ?? 'somewhere'}; see ${url}`,
      }
    })
}
