import type { Message } from './message.ts'

/** Why a rule did or did not choose a message; `because` names the first condition that failed, or the exclusion that hit. */
export type Decision = { rule: string; matched: boolean; because: string; destinations: readonly string[] }
