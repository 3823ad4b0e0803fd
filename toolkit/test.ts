import { parseOptions } from './options.ts'
import type { Step } from './step.ts'
import { checkParts, type Part } from './suite/checks.ts'
import { findTests } from './suite/files.ts'
import { runTests } from './suite/run-tests.ts'

export const test: Step = {
  name: 'test',
  summary: 'Lint, check types, find unused code and run the tests on a real Postgres; `npm test`.',
  help: [
    'Usage: npm test [-- [--core] [path ...]]',
    '',
    '  path    run only the tests in these files and folders, and no other check',
    '  --core  leave out *.copy.test.ts, the slow ones, which work on copies of this tree',
    '',
    'TEST_DATABASE_URL names the superuser of a server to test on; default: a temporary one of our own.',
  ].join('\n'),
  async run(args, context) {
    const { values, positionals } = parseOptions(args, { core: { type: 'boolean' } }, { allowPositionals: true })
    const files = findTests(context.root, positionals, { core: values.core === true })
    const parts: Part[] = positionals.length > 0 ? [] : await checkParts(context)
    parts.push(await runTests(files, context))
    const failed = parts.filter(part => !part.passed)
    if (failed.length === 0) return 0
    context.print(`failed: ${failed.map(part => part.name).join(', ')}`)
    return 1
  },
}
