import { BlockList } from 'node:net'
import { compileRules, RulesError } from '../rules.ts'
import type { Mistake } from './file.ts'
import type { Settings } from './schema.ts'
import type { SourceConfig } from './sources.ts'

type Sources = NonNullable<Settings['sources']>

/** The rules between settings, which no schema says. `destinations` are those that there are, the environment's included. */
export const checkSettings = (settings: Settings, destinations: readonly string[]): Mistake[] => [
  ...checkRules(settings.rules, destinations),
  ...Object.entries(settings.destinations ?? {}).flatMap(([name, destination]) => checkDestination(name, destination)),
  ...Object.entries(settings.sources ?? {}).flatMap(([name, source]) => checkSource(name, source)),
  ...checkPaths(settings, settings.sources ?? {}),
  ...(settings.storage.warning > settings.storage.critical
    ? [{ path: ['storage', 'warning'], rule: `expected at most storage.critical (${settings.storage.critical})` }]
    : []),
]

/** Patterns are compiled, names looked up; the receiver does the same once more, and then finds nothing. */
function checkRules(rules: Settings['rules'], destinations: readonly string[]): Mistake[] {
  try {
    compileRules(rules, destinations)
    return []
  } catch (error) {
    if (!(error instanceof RulesError)) throw error
    return error.mistakes.map(({ path, message }) => ({ path: ['rules', ...path], rule: message }))
  }
}

function checkDestination(name: string, destination: NonNullable<Settings['destinations']>[string]): Mistake[] {
  const mistakes: Mistake[] = []
  const at = (...path: (string | number)[]) => ['destinations', name, ...path]
  if (destination.type === 'console') return mistakes
  const { retry } = destination
  if (retry.minDelay !== undefined && retry.maxDelay !== undefined && retry.minDelay > retry.maxDelay) {
    mistakes.push({ path: at('retry', 'minDelay'), rule: 'expected at most maxDelay' })
  }
  for (const [index, range] of destination.allowAddresses.entries()) {
    if (!isRange(range)) {
      const rule = `expected a range such as 10.0.0.0/8 or fd00::/8, got ${JSON.stringify(range)}`
      mistakes.push({ path: at('allowAddresses', index), rule })
    }
  }
  return mistakes
}

function isRange(text: string): boolean {
  const [address = '', bits = ''] = text.split('/')
  if (!/^\d{1,3}$/.test(bits)) return false
  try {
    new BlockList().addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
    return true
  } catch {
    return false // it throws for what is no address and for a length out of range
  }
}

function checkSource(name: string, source: SourceConfig): Mistake[] {
  if (source.type !== 'alertmanager') return []
  const { username, password } = source
  if ((username === undefined) === (password === undefined)) return []
  const missing = username === undefined ? 'password' : 'username'
  return [{ path: ['sources', name, missing], rule: 'username and password go together' }]
}

const RESERVED = ['/health', '/api']

/** One path, one meaning; a port of its own makes no difference, so that it can be taken back. */
function checkPaths({ metrics, probes }: Settings, sources: Sources): Mistake[] {
  const paths: [string[], string][] = [
    [['metrics', 'path'], metrics.path],
    [['probes', 'live'], probes.live],
    [['probes', 'ready'], probes.ready],
    ...Object.entries(sources).map(([name, { path }]): [string[], string] => [['sources', name, 'path'], path]),
  ]
  return paths.flatMap(([path, value], index) => {
    const others = [...RESERVED, ...paths.slice(0, index).map(([, other]) => other)]
    const taken = others.find(other => value === other || (other === '/api' && value.startsWith('/api/')))
    return taken === undefined ? [] : [{ path, rule: `${value} is taken` }]
  })
}
