import { secretReader } from '../config/secrets.ts'
import type { Complete } from '../config.ts'
import type { Destination } from '../dispatcher/destination.ts'
import type { Source } from '../receiver/source.ts'
import { type CompiledRules, compileRules } from '../rules.ts'
import { createDestinations } from './destinations.ts'
import type { WiringTools } from './sinks.ts'
import { createSources } from './sources.ts'

/** Everything that a reload replaces. The parts ask for it each time and keep nothing of it. */
export type Live = {
  settings: Complete
  sources: Source[]
  /** What is wrong with the sources. */
  problems: string[]
  rules: CompiledRules
  destinations: Destination[]
  loadedAt: string
}

export function createLive(settings: Complete, env: NodeJS.ProcessEnv, tools: WiringTools): Live {
  const readSecret = secretReader(env)
  if (Object.keys(settings.destinations).length === 0) {
    tools.log.warn('no destination is configured: messages are kept, and told to nobody; see docs/delivery.md')
  }
  return {
    settings,
    ...createSources(settings.sources, readSecret, tools.log),
    rules: compileRules(settings.rules, Object.keys(settings.destinations)),
    destinations: createDestinations(settings, readSecret, tools),
    loadedAt: new Date(tools.now()).toISOString(),
  }
}

/** What is fixed at the start: names of settings that a reload changed and only a restart puts in force. */
export function needsRestart(before: Complete, after: Complete): string[] {
  const fixed = ['dispatcher', 'episodes', 'metrics', 'probes'] as const
  const changed: string[] = fixed.filter(key => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  return before.storage.maxSize === after.storage.maxSize ? changed : [...changed, 'storage.maxSize']
}
