import { FAILING, UNREADABLE } from './service-exercise.ts'

type Flag = { variants: Record<string, unknown>; defaultVariant: string; targeting?: unknown }

/**
 * A flag file that differs from the given one for the requests of the exercise alone, by their ids: some fail
 * (service/faults, which needs FAULTS_ENABLED), and for some a rule of tracing_enabled names a variant that is not there.
 */
export function exerciseFlags(text: string): string {
  const file = JSON.parse(text) as { flags: Record<string, Flag> } // the tests of the service hold its shape
  const forId = (start: string, variant: string, otherwise: string) => ({
    if: [{ starts_with: [{ var: 'targetingKey' }, start] }, variant, otherwise],
  })
  const { tracing_enabled: tracing, fault_error_rate: errors } = file.flags
  if (tracing) tracing.targeting = forId(UNREADABLE, 'no such variant', tracing.defaultVariant)
  if (errors) {
    errors.variants.always = 1
    errors.targeting = forId(FAILING, 'always', errors.defaultVariant)
  }
  return JSON.stringify(file, null, 2)
}
