import { join } from 'node:path'
import { run } from './exec.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'

export const fix: Step = {
  name: 'fix',
  summary: 'Formats every file and mends what the linter can mend; `npm run fix`.',
  help: 'npm run fix',
  async run(args, { root, env, signal }) {
    parseOptions(args, {})
    const { code } = await run(join(root, 'node_modules/.bin/biome'), ['check', '--write'], {
      cwd: root,
      env,
      signal,
      output: 'inherit',
    })
    return code
  },
}
