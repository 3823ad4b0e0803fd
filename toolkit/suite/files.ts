import { existsSync, globSync, statSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { UsageError } from '../step.ts'

/**
 * Test files, relative to the root; `paths` (files or folders, from the root) narrow them down. The slow ones come first,
 * so that at the end no core waits for one of them.
 */
export function findTests(root: string, paths: readonly string[], { core }: { core: boolean }): string[] {
  // Those with the name of a tool before .test.ts need one that npm does not bring: parts of ./fairlead check run them.
  const all = globSync('*/**/*.test.ts', {
    cwd: root,
    exclude: ['**/node_modules', '.*/**', '**/*.{helm,cosign,crane,trivy,gitleaks,semgrep,workflows}.test.ts'],
  }).sort()
  const quick = all.filter(file => !isSlow(file))
  const left = core ? quick : [...all.filter(isSlow), ...quick]
  if (paths.length === 0) return left
  return [...new Set(paths.flatMap(path => testsUnder(root, path, left)))]
}

const isSlow = (file: string) => file.endsWith('.copy.test.ts')

function testsUnder(root: string, path: string, files: readonly string[]): string[] {
  const wanted = relative(root, isAbsolute(path) ? path : join(root, path))
  const found = files.filter(file => file === wanted || wanted === '' || file.startsWith(`${wanted}/`))
  if (found.length > 0) return found
  const what = existsSync(join(root, wanted)) ? describe(join(root, wanted)) : 'does not exist'
  throw new UsageError(`no tests to run: ${path} ${what}`)
}

const describe = (path: string) => (statSync(path).isDirectory() ? 'holds no *.test.ts' : 'is not a test of this run')
