import * as v from 'valibot'
import { checkSettings } from './config/checks.ts'
import { type Env, readFixed } from './config/env.ts'
import { parseSettings, readSettingsFile } from './config/file.ts'
import { settingsFromEnv } from './config/home-lab.ts'
import { type Settings, schema } from './config/schema.ts'
import { inboundSecretsSentOut } from './config/secrets.ts'

export type Config = { env: Env; settings: Complete }

/** Settings with what the environment adds. */
export type Complete = Settings & { [K in 'sources' | 'destinations']-?: NonNullable<Settings[K]> }

/** Every mistake in one message; entry points print it without a stack and exit 1, a reload keeps what it had. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly mistakes: readonly string[]
  constructor(mistakes: readonly string[]) {
    const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`
    super(`the configuration has ${count}; see .env.example and docs/delivery.md\n  ${mistakes.join('\n  ')}`)
    this.mistakes = mistakes
  }
}

/** Throws one ConfigError for the environment and the file together. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const { values, mistakes } = readFixed(env)
  const { settings, mistakes: more } = readSettings(env)
  if (values === undefined || settings === undefined) throw new ConfigError([...mistakes, ...more])
  return { env: values, settings }
}

/** The part that a reload reads again. */
export function loadSettings(env: NodeJS.ProcessEnv): Complete {
  const { settings, mistakes } = readSettings(env)
  if (settings === undefined) throw new ConfigError(mistakes)
  return settings
}

/** LOG_LEVEL wins over the file. */
export const levelOf = ({ env, settings }: Config) => env.LOG_LEVEL ?? settings.log.level ?? 'info'

function readSettings(env: NodeJS.ProcessEnv): { settings: Complete | undefined; mistakes: string[] } {
  const file = env.DELIVERY_CONFIG?.trim()
  const read = file ? readSettingsFile(file) : parseSettings('', 'DELIVERY_CONFIG')
  const said = settingsFromEnv(env)
  const mistakes = [...read.mistakes, ...said.mistakes]
  if (read.settings === undefined) return { settings: undefined, mistakes }
  const own = v.parse(schema, { destinations: said.destinations, sources: said.sources })
  const { sources = own.sources ?? {}, destinations = own.destinations ?? {} } = read.settings
  const settings = { ...read.settings, sources, destinations }
  mistakes.push(...read.told(checkSettings(read.settings, Object.keys(destinations))))
  mistakes.push(...new Set(inboundSecretsSentOut(settings, env)))
  return { settings: mistakes.length > 0 ? undefined : settings, mistakes }
}
