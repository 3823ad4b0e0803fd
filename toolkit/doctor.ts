import { pinnedTools } from './doctor/pinned.ts'
import { type Tool, tools } from './doctor/tools.ts'
import { parseOptions } from './options.ts'
import type { Context, Step } from './step.ts'

export const doctor: Step = {
  name: 'doctor',
  summary: 'Say which tools are here, and what works without those that are not.',
  help: `Usage: ./fairlead doctor

Exits 0 when npm start and npm test have what they need, else 1. What third-party/ pins is built by ./fairlead tools, or
when a step first needs it.`,
  async run(args, context) {
    parseOptions(args, {})
    let ready = true
    for (const tool of [...tools, ...(await pinnedTools(context.root))]) {
      const { word, found } = await examine(tool, context)
      const head = `${word.padEnd(8)}${tool.name.padEnd(25)}wanted ${tool.wanted}, found ${found}`
      context.print(word === 'ok' ? head : `${head}. ${tool.without}`)
      if (word !== 'ok' && tool.needed) ready = false
    }
    context.print(ready ? '\nnpm start and npm test have what they need.' : '\nnpm start and npm test lack something.')
    return ready ? 0 : 1
  },
}

async function examine({ wanted, exact, find }: Tool, context: Context) {
  const found = await find(context).catch((error: Error) => error)
  if (found === undefined || found instanceof Error) return { word: 'missing', found: found?.message ?? 'none' }
  if (exact) return { word: found === wanted ? 'ok' : 'other', found }
  return { word: /^\d[\d.]*$/.test(wanted) && !isAtLeast(found, wanted) ? 'old' : 'ok', found }
}

export function isAtLeast(found: string, wanted: string): boolean {
  const [has, needs] = [found, wanted].map(version => version.split('.').map(Number))
  for (const [index, need] of (needs ?? []).entries()) {
    const difference = (has?.[index] ?? 0) - need
    if (difference !== 0) return difference > 0
  }
  return true
}
