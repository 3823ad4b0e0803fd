import { join } from 'node:path'
import * as v from 'valibot'
import { integer, parseEnv } from '../../lib/env.ts'
import { start } from '../exec.ts'
import { claimPort } from '../local/port.ts'
import { untilEnd } from '../local/service.ts'
import type { Step } from '../step.ts'

export const delivery: Step = {
  name: 'delivery',
  summary: 'Run the delivery plane on this machine, its outbox in .local/; `npm run delivery`.',
  help: [
    'Usage: npm run delivery',
    '       npm run delivery -- receiver          one role; also: dispatcher',
    '       npm run delivery -- test-endpoint     an endpoint to try things out: --mode success|failure|delay|random --port <n>',
    '',
    'It listens on 127.0.0.1:8081 unless HOST and PORT say otherwise. Every variable is in .env.example; .env is read.',
    'docs/delivery.md says what to set; kill -HUP <pid> makes it read its configuration and secrets again.',
  ].join('\n'),
  readsDotEnv: true,
  async run(args, context) {
    const local = { HOST: '127.0.0.1', PORT: '8081', SHUTDOWN_GRACE_MS: '0', ...context.env }
    const env = args[0] === 'test-endpoint' ? context.env : { ...local, PORT: await portOf(local) }
    const main = join(context.root, 'delivery/main.ts')
    const options = { cwd: context.root, env, output: 'inherit', ipc: true } as const
    return untilEnd(await start(process.execPath, [main, ...args], options), context)
  },
}

/** A port that is taken is told in one sentence, before anything starts. */
async function portOf(env: NodeJS.ProcessEnv): Promise<string> {
  const { PORT } = parseEnv({ PORT: v.optional(integer(0, 65_535), '8081') }, env)
  return String(await claimPort(env.HOST, PORT))
}
