import { budgetOf, type Slo } from './plan.ts'

/** A window in minutes, and a shorter one that ends the alert soon after the errors end. */
export type Pair = { long: number; short: number; share: number }

const HOUR = 60
export const DAY = 24 * HOUR

/**
 * Which share of the budget may be used up within the long window. The windows and shares of the Site Reliability Workbook
 * (chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"); with 30 days they make 14.4, 6, 3 and 1 times the even pace.
 */
export const speeds = [
  {
    name: 'Fast',
    severity: 'critical',
    pairs: [
      { long: HOUR, short: 5, share: 0.02 },
      { long: 6 * HOUR, short: 30, share: 0.05 },
    ],
  },
  {
    name: 'Slow',
    severity: 'warning',
    pairs: [
      { long: DAY, short: 2 * HOUR, share: 0.1 },
      { long: 3 * DAY, short: 6 * HOUR, share: 0.1 },
    ],
  },
] as const satisfies { name: string; severity: string; pairs: Pair[] }[]

/** How many times faster than evenly. */
export const factorOf = ({ share, long }: Pair, { days }: Slo) => Number(((share * days * DAY) / long).toPrecision(9))

/** The share of bad events above which the budget burns at this pair's pace. */
export const limitOf = (pair: Pair, slo: Slo) => factorOf(pair, slo) * budgetOf(slo)

/** In minutes, shortest first. */
export const windows = [
  ...new Set(speeds.flatMap(({ pairs }) => pairs.flatMap(({ long, short }) => [long, short]))),
].sort((a, b) => a - b)

/** As Prometheus writes it, in the largest unit that fits. */
export function durationText(minutes: number): string {
  if (minutes % DAY === 0 && minutes > 0) return `${minutes / DAY}d`
  return minutes % HOUR === 0 && minutes > 0 ? `${minutes / HOUR}h` : `${minutes}m`
}
