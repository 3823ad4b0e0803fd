import { join, relative } from 'node:path'
import type { Context } from '../step.ts'
import { ask } from './ask.ts'
import { type Finding, lineOf } from './finding.ts'

const binary = (root: string, name: string) => join(root, 'node_modules/.bin', name)

/** Format and lint of everything that biome knows. */
export async function runBiome(context: Context): Promise<Finding[]> {
  const args = ['check', '--error-on-warnings', '--reporter=json', '--max-diagnostics=none']
  const { stdout } = await ask('biome', [binary(context.root, 'biome'), ...args], { findings: [1] }, context)
  return parseBiome(stdout)
}

type Biome = {
  diagnostics: { category?: string; message: string; location?: { path?: string; start?: { line: number } } }[]
}

function parseBiome(json: string): Finding[] {
  const { diagnostics } = JSON.parse(json) as Biome // biome's own format, as of its pinned version
  return diagnostics.map(({ category = 'biome', message, location }) => ({
    file: location?.path ?? '.',
    ...lineOf(location?.start?.line),
    rule: category,
    message: category === 'format' ? 'it is not as the formatter writes it; run npm run fix' : message,
  }))
}

export async function runTypes(context: Context): Promise<Finding[]> {
  const args = ['--project', '.', '--pretty', 'false']
  const { code, stdout } = await ask('tsc', [binary(context.root, 'tsc'), ...args], { findings: [1, 2] }, context)
  const findings = parseTypes(stdout, context.root)
  if (code !== 0 && findings.length === 0) throw new Error(`tsc ended with ${code}: ${stdout.trim()}`)
  return findings
}

/** Lines such as `lib/a.ts(2,14): error TS2322: Type …`; those that begin with a space belong to the one above. */
export function parseTypes(output: string, root: string): Finding[] {
  const findings: Finding[] = []
  for (const line of output.split('\n')) {
    const [, file, number, rule, message] = /^(.+)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line) ?? []
    const [, code, complaint] = /^error (TS\d+): (.*)$/.exec(line) ?? []
    const last = findings.at(-1)
    if (file && rule && message !== undefined)
      findings.push({ file: relative(root, join(root, file)), line: Number(number), rule, message })
    else if (code && complaint) findings.push({ file: 'tsconfig.json', rule: code, message: complaint })
    else if (last && /^\s+\S/.test(line)) last.message += `\n${line}`
  }
  return findings
}

/** Files, exports and packages that nothing uses. */
export async function runKnip(context: Context): Promise<Finding[]> {
  const command = [binary(context.root, 'knip'), '--reporter', 'json', '--no-progress'] as const
  const { code, stdout, stderr } = await ask('knip', [...command], { findings: [1] }, context)
  const findings = parseKnip(stdout)
  if (code !== 0 && findings.length === 0) throw new Error(`knip ended with ${code}: ${stderr.trim()}`)
  return findings
}

type Knip = { issues: ({ file: string } & Record<string, string | { name?: string; line?: number }[]>)[] }

export function parseKnip(json: string): Finding[] {
  const { issues } = JSON.parse(json) as Knip // knip's own format, as of its pinned version
  return issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      (Array.isArray(found) ? found : []).map(({ name, line }) => ({
        file,
        ...lineOf(line),
        rule: `knip/${kind}`,
        message: kind === 'files' ? 'nothing uses this file' : `${name ?? 'something'}: ${words[kind] ?? kind}`,
      })),
    ),
  )
}

const words: Readonly<Record<string, string>> = {
  dependencies: 'nothing uses this package',
  devDependencies: 'nothing uses this package',
  exports: 'no other file uses this export',
  types: 'no other file uses this type',
  unlisted: 'package.json does not list this package',
  unresolved: 'this import leads nowhere',
}
