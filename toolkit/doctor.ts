import { pinnedTools } from './doctor/pinned.ts'
import { examineRepository } from './doctor/repository/examine.ts'
import { type Tool, tools } from './doctor/tools.ts'
import { parseOptions } from './options.ts'
import type { Context, Step } from './step.ts'

export const doctor: Step = {
  name: 'doctor',
  summary: 'Say which tools are here, and what works without those that are not.',
  help: `Usage: ./fairlead doctor [--repo]

Exits 0 when npm start and npm test have what they need, else 1. What third-party/ pins is built by ./fairlead tools, or
when a step first needs it.

  --repo   instead: compare the repository's settings on GitHub with .github/settings.json and list what to set, and where.
           Reads with GITHUB_TOKEN or GH_TOKEN (administration: read); what that may not see is "not run". Exits 0 when
           everything was seen and is as declared. Changes nothing.`,
  async run(args, context) {
    const { values } = parseOptions(args, { repo: { type: 'boolean' } })
    if (values.repo) return (await examineRepository(context)) ? 0 : 1
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
