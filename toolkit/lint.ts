import { nearest } from '../lib/nearest.ts'
import { type Linter, linters, runLinters } from './lint/linters.ts'
import { parseOptions } from './options.ts'
import { type Step, UsageError } from './step.ts'
import { conclude } from './verdict.ts'

export const lint: Step = {
  name: 'lint',
  summary: 'Hold code, scripts and workflows to their rules; each finding stands at its line.',
  help: [
    'Usage: ./fairlead lint [linter ...]',
    '',
    ...linters.map(each => `  ${each.name.padEnd(12)}${each.summary}`),
    '',
    'Default all. `npm run fix` mends what biome can mend.',
  ].join('\n'),
  async run(args, context) {
    const { positionals } = parseOptions(args, {}, { allowPositionals: true })
    const chosen = choose(positionals)
    context.print(`lint: ${chosen.map(each => each.name).join(', ')} look at ${context.root}`)
    return conclude('lint', context, () => runLinters(chosen, context))
  },
}

function choose(names: string[]): readonly Linter[] {
  const all = linters.map(each => each.name)
  for (const name of names.filter(each => !all.includes(each))) {
    const right = nearest(name, all)
    throw new UsageError(
      `there is no linter "${name}"; ${right ? `did you mean ${right}?` : `there is ${all.join(', ')}`}`,
    )
  }
  return names.length === 0 ? linters : linters.filter(each => names.includes(each.name))
}
