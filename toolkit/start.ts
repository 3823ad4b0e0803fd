import { runLocally } from './local/run-local.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'

export const start: Step = {
  name: 'start',
  summary: 'Run the service with a real Postgres of its own; `npm start`.',
  help: [
    'Usage: npm start [-- --no-database]',
    '',
    '  --no-database  run without a database: what needs one answers 503',
    '',
    'With ENVIRONMENT=local (the default) and no DATABASE_URL it starts a Postgres, keeps its data in .local/ and applies',
    'the migrations. In any other environment it starts the service only. Every variable is in .env.example; .env is read.',
  ].join('\n'),
  readsDotEnv: true,
  async run(args, context) {
    const { values } = parseOptions(args, { 'no-database': { type: 'boolean' } })
    return runLocally({ database: !values['no-database'], watch: false }, context)
  },
}
