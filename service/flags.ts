import type { Logger } from 'pino'
import type { Evaluated, FlagValue } from './flags/answer.ts'
import { createAsk } from './flags/ask.ts'
import { createDeclared, type DeclaredFlag } from './flags/declared.ts'
import { openFlagd } from './flags/flagd.ts'
import { type DefaultsConfig, defaultFrom, type FlagContext, type FlagName, flagNames } from './flags/known.ts'
import { type FlagdConfig, flagdSettings } from './flags/settings.ts'
import { createSnapshot } from './flags/snapshot.ts'

export { type FlagContext, type FlagName, flagNames, isFlagName } from './flags/known.ts'

/** `per request`: a targeting rule of flagd decides, each time. */
type FlagState = { value: boolean | 'per request'; source: 'override' | 'flagd' | 'environment' }
export type FlagValues = Partial<Record<FlagName, boolean>>

export type Flags = {
  /** A plain boolean unless the answer depends on the request; only then is `context` called. The promise never rejects. */
  isOn(flag: FlagName, context: () => FlagContext): boolean | Promise<boolean>
  /** Whether some request may find it on: what to decide by before there is one. */
  mayBeOn(flag: FlagName): boolean
  /** Called when a flag has changed, whoever changed it. */
  onChange(listener: () => void): void
  /** A flag that a feature brings along: asked of flagd alone, `otherwise` when it has no answer. Only while the service is wired. */
  declare<T extends FlagValue>(flag: string, otherwise: T): DeclaredFlag<T>
  describe(): Record<FlagName, FlagState>
  /** Of this process alone, and gone with it. */
  overrides: { list(): FlagValues; set(values: FlagValues): void; reset(): void }
  close(): Promise<void>
}

type FlagsOptions = {
  config: FlagdConfig & DefaultsConfig & { ENVIRONMENT: string }
  log: Logger
  /** Called for each answer of flagd, those that refresh the snapshot included. */
  onEvaluation: (evaluation: { flag: string } & Evaluated) => void
  /** How long flagd may take for one answer; 250 ms unless given. */
  deadlineMs?: number
}

/** Flags in the order override, flagd, environment (docs/adr/0005). Returns at once; flagd is reached in the background. */
export function createFlags({ config, log, onEvaluation, deadlineMs }: FlagsOptions): Flags {
  const overrides = new Map<FlagName, boolean>()
  const listeners: (() => void)[] = []
  const settings = flagdSettings(config)
  const flagd = settings && openFlagd(settings, { log, onChange: refresh })
  const ask = createAsk(
    async (flag, otherwise, context) =>
      flagd?.evaluate(flag, otherwise, context) ?? { value: undefined, errorCode: 'PROVIDER_NOT_READY' },
    onEvaluation,
    deadlineMs,
  )
  const noRequest: FlagContext = { targetingKey: '', route: '', environment: config.ENVIRONMENT }
  const askFlag = (flag: FlagName, context: FlagContext) => ask<boolean>(flag, byEnvironment(flag), context)
  const snapshot = createSnapshot<FlagName, boolean>(
    () => flagNames,
    flag => askFlag(flag, noRequest),
    decide,
  )
  const declared = createDeclared(ask, noRequest)
  /** What isOn reads: flags whose answer is the same for every request. */
  const decided = new Map<FlagName, boolean>()
  decide()

  function refresh() {
    snapshot.refresh()
    declared.refresh()
  }

  function byEnvironment(flag: FlagName) {
    return config[defaultFrom[flag]]
  }

  function stateOf(flag: FlagName): FlagState {
    const override = overrides.get(flag)
    if (override !== undefined) return { value: override, source: 'override' }
    const known = snapshot.get(flag)
    if (known?.kind === 'fixed') return { value: known.value, source: 'flagd' }
    if (known?.kind === 'targeted') return { value: 'per request', source: 'flagd' }
    return { value: byEnvironment(flag), source: 'environment' }
  }

  function decide() {
    let isChanged = false
    for (const flag of flagNames) {
      const { value } = stateOf(flag)
      const next = value === 'per request' ? undefined : value
      if (next === decided.get(flag)) continue
      isChanged = true
      if (next === undefined) decided.delete(flag)
      else decided.set(flag, next)
    }
    if (isChanged) for (const listener of listeners) tell(listener)
  }

  function tell(listener: () => void) {
    try {
      listener()
    } catch (error) {
      log.error({ err: error }, 'a flag has changed, and what follows it failed')
    }
  }

  async function askFor(flag: FlagName, context: FlagContext): Promise<boolean> {
    const answer = await askFlag(flag, context)
    if (answer.kind === 'fixed' || answer.kind === 'targeted') return answer.value
    const known = answer.kind === 'unknown' ? snapshot.get(flag) : undefined
    return known === undefined || known.kind === 'default' ? byEnvironment(flag) : known.value
  }

  return {
    isOn: (flag, context) => decided.get(flag) ?? askFor(flag, context()),
    mayBeOn: flag => stateOf(flag).value !== false,
    onChange: listener => void listeners.push(listener),
    declare: declared.declare,
    // Every flag gets its state.
    describe: () => Object.fromEntries(flagNames.map(flag => [flag, stateOf(flag)])) as Record<FlagName, FlagState>,
    overrides: {
      list: () => Object.fromEntries(overrides),
      set(values) {
        for (const flag of flagNames) {
          const value = values[flag]
          if (value !== undefined) overrides.set(flag, value)
        }
        decide()
      },
      reset() {
        overrides.clear()
        decide()
      },
    },
    async close() {
      snapshot.close()
      declared.close()
      await flagd?.close()
    },
  }
}
