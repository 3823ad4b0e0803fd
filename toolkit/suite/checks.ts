import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'

export type Part = { name: string; passed: boolean }

/** Lint, types and unused code, side by side; each prints a line, and its whole output when it fails. */
export function checkParts(context: Context): Promise<Part[]> {
  return Promise.all([
    check('lint', 'biome', ['check', '--error-on-warnings'], context),
    check('types', 'tsc', ['--project', '.'], context),
    check('unused code', 'knip', [], context),
  ])
}

async function check(
  name: string,
  program: string,
  args: string[],
  { root, env, signal, print }: Context,
): Promise<Part> {
  const since = performance.now()
  const command = join(root, 'node_modules/.bin', program)
  const { code, stdout, stderr } = await run(command, args, { cwd: root, env: { ...env, NO_COLOR: '1' }, signal })
  signal.throwIfAborted()
  const passed = code === 0
  if (!passed) print(`${stdout}${stderr}`.trimEnd())
  print(resultLine(name, passed, since))
  return { name, passed }
}

/** Such as `passed  types  2.1 s`, with what else there is to say at the end. */
export function resultLine(name: string, passed: boolean, since: number, detail = ''): string {
  const seconds = ((performance.now() - since) / 1000).toFixed(1)
  return `${passed ? 'passed' : 'FAILED'}  ${name.padEnd(11)}  ${seconds.padStart(5)} s${detail && `  ${detail}`}`
}
