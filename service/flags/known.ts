import type { Config } from '../config.ts'

/** Every flag the service asks about, and the variable that decides when neither an override nor flagd does. A fork adds its own here. */
export const defaultFrom = {
  tracing_enabled: 'ENABLE_TRACING',
  metrics_enabled: 'ENABLE_METRICS',
} as const satisfies Record<string, keyof Config>

export type FlagName = keyof typeof defaultFrom
export type DefaultsConfig = Pick<Config, (typeof defaultFrom)[FlagName]>

export const flagNames = Object.keys(defaultFrom) as FlagName[] // the keys of an object that we wrote

export const isFlagName = (name: string): name is FlagName => Object.hasOwn(defaultFrom, name)

/** What a targeting rule of flagd can ask about. */
export type FlagContext = { targetingKey: string; route: string; environment: string }
