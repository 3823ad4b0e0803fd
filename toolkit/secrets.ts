import { reportFindings } from './lint/finding.ts'
import { parseOptions } from './options.ts'
import { findSecrets } from './secrets/gitleaks.ts'
import { findRange } from './secrets/range.ts'
import type { Context, Step } from './step.ts'
import { conclude } from './verdict.ts'

export const secrets: Step = {
  name: 'secrets',
  summary: 'Look for keys and passwords in the commits that somebody adds.',
  help: `Usage: ./fairlead secrets [--all]

  --all  every commit of the repository; default: those of the pull request or push, on a laptop those that the trunk has not

What gitleaks takes for a secret, and what not, stands in .gitleaks.toml. What it finds is never printed.`,
  async run(args, context) {
    const { values } = parseOptions(args, { all: { type: 'boolean' } })
    return conclude('secrets', context, () => lookForSecrets(values.all === true, context))
  },
}

export async function lookForSecrets(all: boolean, context: Context): Promise<string> {
  const range = await findRange(all, context)
  context.print(`secrets: gitleaks looks at ${range.what}`)
  const { commits, findings } = await findSecrets(range, context)
  reportFindings(findings, context)
  if (findings.length === 0) return `none in ${range.what}, ${commits} with changes`
  throw new Error(
    `${findings.length} found in ${range.what}, see above: withdraw each where it is used, because whoever can read the repository has it`,
  )
}
