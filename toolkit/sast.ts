import { join } from 'node:path'
import { reportFindings } from './lint/finding.ts'
import { parseOptions } from './options.ts'
import { runSemgrep } from './sast/semgrep.ts'
import type { Context, Step } from './step.ts'
import { listFiles } from './tree/list-files.ts'
import { conclude } from './verdict.ts'

const rules = 'toolkit/sast/rules.yaml'

export const sast: Step = {
  name: 'sast',
  summary: 'Look in the code for what it must not do: values in shell scripts and SQL, unchecked TLS, and the like.',
  help: `Usage: ./fairlead sast

semgrep holds every file but tests to ${rules}, offline. An exception stands there, with its reason.`,
  async run(args, context) {
    parseOptions(args, {})
    return conclude('sast', context, () => lookForFaults(context))
  },
}

export async function lookForFaults(context: Context): Promise<string> {
  const files = (await listFiles(context.root)).filter(isLookedAt)
  context.print(`sast: semgrep holds ${files.length} files to ${rules}`)
  const findings = await runSemgrep(join(context.root, rules), files, context)
  reportFindings(findings, context)
  if (findings.length > 0) throw new Error(`${findings.length} findings, see above`)
  return `nothing found in ${files.length} files`
}

/** What runs in production, in the pipeline or on a developer's machine; a test may do to itself what it likes. */
const isLookedAt = (file: string) =>
  /\.(ts|sh|yml|yaml)$|(^|\/)(Dockerfile|fairlead|\.ci\/run)$/.test(file) &&
  !/\.test\.ts$|\/testing\/|^lib\/test-/.test(file)
