import { linkPackages } from '../../pipeline/foreign-actions.ts'
import type { Machine } from '../../pipeline/machine.ts'

/** Lines of the workflows that this scene does not run, because they are long and run elsewhere. Each is told when it comes. */
export const elsewhere = (root: string): Machine['elsewhere'] => [
  {
    line: /^npm ci /,
    reason: 'the packages of this checkout, by a link; `.ci/run` runs npm ci',
    do: workspace => linkPackages(root, workspace),
  },
  { line: /^xargs npm test /, reason: '`.ci/run` runs it' },
  { line: /^\.\/fairlead rules$/, reason: '`.ci/run` runs it, as ./fairlead check promtool' },
  { line: /^\.\/fairlead check /, reason: '`.ci/run` runs it, with all its parts' },
]

/** Without what has just passed on the same code. */
export const quick = (machine: Machine): Machine =>
  leaveOut(machine, ['lint', 'sast', 'manifests', 'dast'], 'the pull request before has run it on the same code')

/** Also without what only `push` asks for: for runs that do not come so far. */
export const hasty = (machine: Machine): Machine =>
  leaveOut(quick(machine), ['container-test', 'sbom'], 'this run does not come as far as where it counts')

const leaveOut = (machine: Machine, steps: readonly string[], reason: string): Machine => {
  const left = steps.map(step => ({ line: new RegExp(`^\\./fairlead ${step}$`), reason }))
  return { ...machine, elsewhere: [...machine.elsewhere, ...left] }
}
