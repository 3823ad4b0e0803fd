import { createIntake, type IntakeOptions } from '../intake.ts'
import { parseAlertmanager } from '../receiver/alertmanager.ts'
import { parseFluxEvent } from '../receiver/flux.ts'
import { compileRules, type Rule } from '../rules.ts'
import { alert, fluxEvent, notification } from './flux-event.ts'
import { memoryOutbox } from './memory-outbox.ts'

export const START = Date.parse('2026-11-20T10:00:05Z')
export const MINUTE = 60_000
export const HOUR = 3_600_000

/** The success that ends an error of fluxEvent's object. */
export const success = (seconds = 2.084) => ({
  severity: 'info',
  reason: 'ReconciliationSucceeded',
  message: `Reconciliation finished in ${seconds}s, next run in 1m0s`,
})

/** An intake over an outbox in memory, with a clock that the test moves. */
export function testIntake(options: Partial<IntakeOptions> & { destinations?: string[]; ruleSettings?: Rule[] } = {}) {
  const { destinations = ['phone', 'chat'], ruleSettings, ...rest } = options
  const memory = memoryOutbox()
  const clock = { now: START }
  const fates: string[] = []
  const warnings: string[] = []
  let wakes = 0
  const rules = { current: compileRules(ruleSettings, destinations) }
  const intakeOptions: IntakeOptions = {
    outbox: memory.outbox,
    rules: () => rules.current,
    episodes: { windowMs: 10 * MINUTE, maxAgeMs: 24 * HOUR },
    now: () => clock.now,
    random: size => new Uint8Array(size).fill(7),
    wake: () => {
      wakes += 1
    },
    onFate: fate => fates.push(fate),
    log: { warn: (_fields, sentence) => warnings.push(sentence) },
    ...rest,
  }
  const intake = createIntake(intakeOptions)
  const at = () => new Date(clock.now).toISOString()
  return {
    ...memory,
    intake,
    clock,
    rules,
    fates,
    warnings,
    wakes: () => wakes,
    /** As after a restart: the same outbox, nothing remembered. */
    restarted: () => createIntake(intakeOptions),
    /** An event of Flux as of now. */
    flux: (fields: Record<string, unknown> = {}) =>
      intake.accept([parseFluxEvent(fluxEvent({ timestamp: at(), ...fields }), 'flux', clock.now)]),
    /** A notification of Alertmanager. */
    alerts: (...alerts: Record<string, unknown>[]) =>
      intake.accept(parseAlertmanager(notification(alerts.map(alert)), 'alertmanager', clock.now)),
    /** What somebody was told: title, count and state of messages with destinations. */
    told: () =>
      memory.messages
        .filter(message => message.destinations.length > 0)
        .map(({ title, count, state }) => `${title} (${count}, ${state})`),
    /** Lets time pass, looking at the deadlines every minute. */
    async pass(ms: number) {
      const end = clock.now + ms
      while (clock.now < end) {
        clock.now = Math.min(end, clock.now + MINUTE)
        await intake.sweep()
      }
    },
  }
}
