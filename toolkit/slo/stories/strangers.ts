import type { Plan, Slo } from '../plan.ts'
import { badEventsIn, badShareIn, eventsIn, percentileRecord } from '../recording.ts'
import { home, type Series } from './story.ts'

/** Recorded series of another service, and of another promise of this one: all of their events are bad. */
export function strangersOf(
  { service }: Plan,
  { name, warn }: Slo,
  windows: readonly number[],
  samples: number,
): Series[] {
  const whose = [
    { service: 'somebody-else', slo: name },
    { service, slo: 'another' },
  ]
  const records: [record: string, value: number][] = [
    ...windows.flatMap((minutes): [string, number][] => [
      [eventsIn(minutes), 1000],
      [badEventsIn(minutes), 1000],
      [badShareIn(minutes), 1],
    ]),
    ...(warn === undefined ? [] : [[percentileRecord(warn), 9] satisfies [string, number]]),
  ]
  return records.flatMap(([record, value]) =>
    whose.map(each => ({
      series: `${record}{namespace="${home.namespace}", service="${each.service}", slo="${each.slo}"}`,
      values: `${value}x${samples}`,
    })),
  )
}
