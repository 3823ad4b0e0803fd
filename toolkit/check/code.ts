import { reportFindings } from '../lint/finding.ts'
import { linters, runLinters } from '../lint/linters.ts'
import { findScripts, runShellcheck } from '../lint/shell.ts'
import { findWorkflows } from '../lint/workflows.ts'
import { NotRun } from '../not-run.ts'
import { lookForFaults } from '../sast.ts'
import { lookForSecrets } from '../secrets.ts'
import type { Context } from '../step.ts'
import type { Verdict } from './parts.ts'
import { runToolTests } from './tool-tests.ts'

/** As `./fairlead lint shellcheck`. */
export const checkShell = (context: Context): Promise<Verdict> =>
  judge(context, async () => {
    const scripts = await findScripts(context.root)
    const findings = await runShellcheck(scripts, context)
    reportFindings(findings, context)
    if (findings.length > 0) throw new Error(`${findings.length} findings, see above`)
    return scripts.join(', ')
  })

/** As `./fairlead lint`, and that mistakes planted in workflows are found. */
export async function checkWorkflows(context: Context): Promise<Verdict> {
  const workflows = findWorkflows(context.root)
  if (workflows.length === 0) return { word: 'skipped', detail: '.github/workflows has no file' }
  return judge(context, async () => {
    const chosen = linters.filter(each => ['actionlint', 'zizmor'].includes(each.name))
    const said = await runLinters(chosen, context)
    const count = await runToolTests('toolkit/lint/*.workflows.test.ts', context.env, context)
    return `${said} in ${workflows.length} workflows; ${count} tests with planted mistakes`
  })
}

/** As `./fairlead secrets --all`, and that planted keys are found and never printed. */
export const checkSecrets = (context: Context): Promise<Verdict> =>
  judge(context, async () => {
    const said = await lookForSecrets(true, context)
    return `${said}; ${await runToolTests('toolkit/secrets/*.gitleaks.test.ts', context.env, context)} tests with planted keys`
  })

/** As `./fairlead sast`, and that each of its rules finds what it is for. */
export const checkSast = (context: Context): Promise<Verdict> =>
  judge(context, async () => {
    const said = await lookForFaults(context)
    return `${said}; ${await runToolTests('toolkit/sast/*.semgrep.test.ts', context.env, context)} tests of the rules`
  })

/** What is wrong, or what output there is, may be many lines: they stand above the verdict. */
async function judge({ print }: Pick<Context, 'print'>, work: () => Promise<string>): Promise<Verdict> {
  try {
    return { word: 'passed', detail: await work() }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error instanceof NotRun) return { word: 'not run', detail: error.message }
    const [first = '', ...more] = error.message.split('\n')
    for (const line of more) print(line)
    return { word: 'FAILED', detail: more.length > 0 ? `${first} (see above)` : first }
  }
}
