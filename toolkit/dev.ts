import { runLocally } from './local/run-local.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'

export const dev: Step = {
  name: 'dev',
  summary: 'Run it like start, and again whenever the source changes; `npm run dev`.',
  help: [
    'Usage: npm run dev [-- --no-database]',
    '',
    '  --no-database  run without a database: what needs one answers 503',
  ].join('\n'),
  readsDotEnv: true,
  async run(args, context) {
    const { values } = parseOptions(args, { 'no-database': { type: 'boolean' } })
    return runLocally({ database: !values['no-database'], watch: true }, context)
  },
}
