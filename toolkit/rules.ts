import { checkPromtool } from './check/promtool.ts'
import { NotRun } from './not-run.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'
import { conclude, Skipped } from './verdict.ts'

export const rules: Step = {
  name: 'rules',
  summary: 'Hold the alert rules to promtool: they parse, and do what their tests say.',
  help: 'Usage: ./fairlead rules\n\nThe same as `./fairlead check promtool`, as a step of the pipeline.',
  async run(args, context) {
    parseOptions(args, {})
    context.print('asks promtool about monitoring/rules, monitoring/tests and the queries of monitoring/runbooks')
    return conclude('rules', context, async () => {
      const { word, detail } = await checkPromtool(context)
      if (word === 'skipped') throw new Skipped(detail)
      if (word === 'not run') throw new NotRun(detail)
      if (word === 'FAILED') throw new Error(detail)
      return detail
    })
  },
}
