import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import type { Trial } from './trials.ts'

/** The trials that went wrong: a change that no test notices, or a rule that fails its tests as it is. */
export async function findSurvivors(
  promtool: string,
  trials: readonly Trial[],
  { signal }: Context,
): Promise<string[]> {
  await using folder = await temporaryFolder('trials-')
  const left = [...trials.entries()]
  const wrong: { n: number; text: string }[] = []
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [n, trial] = next
      const passes = await passesTests(promtool, trial, join(folder.path, String(n)), signal)
      if (passes === trial.isChanged)
        wrong.push({ n, text: trial.isChanged ? `no test notices: ${trial.name}` : `its tests fail: ${trial.name}` })
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return wrong.sort((a, b) => a.n - b.n).map(({ text }) => text)
}

async function passesTests(
  promtool: string,
  { rules, files }: Trial,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  await writeFile(`${path}.yaml`, stringify({ groups: [{ name: 'trial', rules }] }, { aliasDuplicateObjects: false }))
  for (const [n, file] of files.entries()) {
    const test = `${path}-${n}_test.yaml`
    await writeFile(test, stringify({ ...file, rule_files: [`${path}.yaml`] }, { aliasDuplicateObjects: false }))
    const { code } = await run(promtool, ['test', 'rules', test], { signal })
    if (code !== 0) return false
  }
  return true
}
