import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Step } from '../step.ts'

export const messages: Step = {
  name: 'messages',
  summary: 'List, explain, replay and discard messages, and pause destinations, of a running delivery plane.',
  help: `Usage: ./fairlead messages list [--state dead] [--destination <name>] [--since <time>] [--subject <kind/namespace/name>]
       ./fairlead messages show <id>
       ./fairlead messages replay <id> | --destination <name> | --since <time> | --all
       ./fairlead messages discard <id> | --destination <name> | --since <time> | --all
       ./fairlead messages pause <destination> --reason <why>
       ./fairlead messages resume <destination>
       ./fairlead messages destinations

  --url <address>       where it is; default http://127.0.0.1:8081, or PORT
  --token-file <file>   holds DELIVERY_API_TOKEN; default the variable, or DELIVERY_API_TOKEN_FILE
  --json                what the API answered, instead of a table

It must run with DELIVERY_API_TOKEN set, or it has no API. .env is read.
Exit codes: 0 done; 1 refused, or no answer; 2 wrong use.`,
  readsDotEnv: true,
  async run(args, { root, env, signal }) {
    const program = join(root, 'delivery/cli.ts')
    const options = { cwd: root, env: { PORT: '8081', ...env }, output: 'inherit', signal } as const
    return (await run(process.execPath, [program, ...args], options)).code
  },
}
