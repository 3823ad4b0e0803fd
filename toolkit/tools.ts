import { nearest } from '../lib/nearest.ts'
import { parseOptions } from './options.ts'
import { type Step, UsageError } from './step.ts'
import { prepareTool } from './tools/build.ts'
import { NoGo } from './tools/go.ts'
import { type Pin, pins } from './tools/pins.ts'

export const tools: Step = {
  name: 'tools',
  summary: 'Build the tools that third-party/ pins, where they are missing, and link them into .bin/.',
  help: `Usage: ./fairlead tools [name ...]

  ${pins.map(pin => pin.name).join(', ')}; default all

They are built with Go from modules whose checksums are in third-party/<folder>/go.sum, into fairlead/tools below
XDG_CACHE_HOME (default ~/.cache), which may be removed at any time. When nothing changed, nothing is built.
From nothing, all of them take half an hour on two cores, of which the programs of Kubernetes are ten minutes.`,
  async run(args, context) {
    const { positionals } = parseOptions(args, {}, { allowPositionals: true })
    for (const pin of choose(positionals)) {
      const { path, release, wasThere } = await prepareTool(pin, context).catch(error => {
        if (!(error instanceof NoGo)) throw error
        throw new Error(`${pin.name}: ${error.message}. Without it: ${pin.without}`, { cause: error })
      })
      context.print(`.bin/${pin.name} ${release} ${wasThere ? 'is up to date' : 'is new'}: ${path}`)
    }
    return 0
  },
}

function choose(names: string[]): readonly Pin[] {
  const all = pins.map(pin => pin.name)
  for (const name of names.filter(each => !all.includes(each))) {
    const right = nearest(name, all)
    throw new UsageError(
      `there is no tool "${name}"; ${right ? `did you mean ${right}?` : `there is ${all.join(', ')}`}`,
    )
  }
  return names.length === 0 ? pins : pins.filter(pin => names.includes(pin.name))
}
