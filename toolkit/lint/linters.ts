import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import { runBiome, runKnip, runTypes } from './code.ts'
import { type Finding, reportFindings } from './finding.ts'
import { findScripts, runShellcheck } from './shell.ts'
import { runActionlint, runZizmor } from './workflows.ts'

export type Linter = { name: string; summary: string; run(context: Context): Promise<Finding[]> }

export const linters: readonly Linter[] = [
  { name: 'biome', summary: 'format and lint of TypeScript, JSON and CSS', run: runBiome },
  { name: 'types', summary: 'tsc', run: runTypes },
  { name: 'unused', summary: 'knip: files, exports and packages that nothing uses', run: runKnip },
  {
    name: 'shellcheck',
    summary: 'every shell script',
    run: async context => runShellcheck(await findScripts(context.root), context),
  },
  { name: 'actionlint', summary: 'the workflows: whether GitHub understands them', run: runActionlint },
  { name: 'zizmor', summary: 'the workflows and actions: whether somebody could misuse them', run: runZizmor },
]

/** Side by side. What is found is said before what could not run; resolves to who found nothing. */
export async function runLinters(chosen: readonly Linter[], context: Context): Promise<string> {
  const looked = await Promise.all(chosen.map(each => look(each, context)))
  context.signal.throwIfAborted()
  const findings = looked.flatMap(each => each.findings)
  reportFindings(findings, context)
  const missing = looked.flatMap(each => each.missing)
  const counts = looked.filter(each => each.findings.length > 0).map(each => `${each.name} ${each.findings.length}`)
  const faults = [
    ...(counts.length > 0 ? [`findings, see above: ${counts.join(', ')}`] : []),
    ...looked.flatMap(each => each.broken),
  ]
  if (faults.length > 0) throw new Error([...faults, ...missing].join('; '))
  if (missing.length > 0) throw new NotRun(missing.join('; '))
  return `nothing found by ${chosen.map(each => each.name).join(', ')}`
}

type Looked = { name: string; findings: Finding[]; missing: string[]; broken: string[] }

async function look({ name, run }: Linter, context: Context): Promise<Looked> {
  try {
    return { name, findings: await run(context), missing: [], broken: [] }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [missing, broken] = error instanceof NotRun ? [[error.message], []] : [[], [error.message]]
    return { name, findings: [], missing, broken }
  }
}
