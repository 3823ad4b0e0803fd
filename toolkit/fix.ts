import { join } from 'node:path'
import { run } from './exec.ts'
import { parseOptions } from './options.ts'
import type { Step } from './step.ts'

export const fix: Step = {
  name: 'fix',
  summary: 'Format every file and mend what the linter can mend; `npm run fix`.',
  help: 'Usage: npm run fix',
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
