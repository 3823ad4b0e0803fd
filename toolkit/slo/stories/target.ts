import type { Plan } from '../plan.ts'
import { alertsOf } from '../rules.ts'
import { countersOf } from './counters.ts'
import type { Phase } from './flow.ts'
import { type Expectation, home, type Story } from './story.ts'
import { strangersOf } from './strangers.ts'

/** The alerts about the target itself, and what all alerts say when there is nothing to look at. */
export function targetStories(plan: Plan): Story[] {
  if (plan.job === undefined) return [nothing(plan)]
  return [nothing(plan), onlyUp(plan, plan.job), ...down(plan.job), ...noTraffic(plan, plan.job), ...failures(plan.job)]
}

const quiet = (alert: string, ...times: number[]): Expectation[] => times.map(at => ({ alert, at }))

/** No series at all. */
function nothing(plan: Plan): Story {
  const { job } = plan
  const others = alertsOf(plan).filter(({ alert }) => alert !== 'TargetDown')
  return {
    name: 'absent: there is no series at all',
    minutes: 1,
    series: [],
    expects: [
      ...others.flatMap(({ alert }) => quiet(alert, 1, 30)),
      ...(job === undefined
        ? []
        : [...quiet('TargetDown', 1), { alert: 'TargetDown', at: 2, fires: [{ labels: { job } }] }]),
    ],
  }
}

const upOf = (job: string, instance: string) =>
  `up{namespace="${home.namespace}", job="${job}", instance="${instance}"}`

/** It is up and has counted nothing yet. */
function onlyUp(plan: Plan, job: string): Story {
  const others = alertsOf(plan).filter(({ alert }) => alert !== 'NoTraffic')
  return {
    name: 'absent: it is up, and has counted nothing yet',
    minutes: 1,
    series: [
      { series: upOf(job, 'a:8080'), values: '1x60' },
      { series: upOf('somebody-else', 'c:8080').replace(home.namespace, 'elsewhere'), values: '1x60' },
    ],
    expects: [
      ...others.flatMap(({ alert }) => quiet(alert, 1, 30)),
      ...quiet('NoTraffic', 9),
      { alert: 'NoTraffic', at: 10, fires: [{ labels: home }] },
    ],
  }
}

function down(job: string): Story[] {
  const alert = 'TargetDown'
  const one = { labels: { ...home, job, instance: 'a:8080' }, instance: 'a:8080' }
  return [
    {
      name: `${alert}: one of two does not answer from minute 10 to 14, and for one minute later; another job is none of ours`,
      minutes: 1,
      series: [
        { series: upOf(job, 'a:8080'), values: '1x9 0x4 1x4 0x1 1x9' },
        { series: upOf(job, 'b:8080'), values: '1x40' },
        { series: upOf('somebody-else', 'c:8080'), values: '0x40' },
      ],
      expects: [
        ...quiet(alert, 9, 11),
        { alert, at: 12, fires: [one] },
        { alert, at: 14, fires: [one] },
        ...quiet(alert, 15, 20, 21, 22, 25),
      ],
    },
    {
      name: `${alert}: the last target vanishes in minute 10 and is back in minute 20`,
      minutes: 1,
      series: [
        { series: upOf(job, 'a:8080'), values: '1x9 stale _x8 1x9' },
        { series: upOf('somebody-else', 'c:8080'), values: '1x40' },
      ],
      expects: [
        ...quiet(alert, 11),
        { alert, at: 12, fires: [{ labels: { job } }] },
        { alert, at: 18, fires: [{ labels: { job } }] },
        ...quiet(alert, 20),
      ],
    },
  ]
}

function noTraffic(plan: Plan, job: string): Story[] {
  const slo = plan.slos[0]
  const alert = 'NoTraffic'
  const some = (steps: number): Phase => ({ steps, events: 3, bad: 0 })
  const none = (steps: number): Phase => ({ steps, events: 0, bad: 0 })
  const up = { series: upOf(job, 'a:8080'), values: '1x90' }
  const fires = [{ labels: home }]
  /** An environment without a request ever since it began. */
  const never = { labels: { namespace: 'new' } }
  const unused = [{ series: upOf(job, 'b:8080').replace(home.namespace, 'new'), values: '1x50 stale' }]
  return [
    {
      name: `${alert}: the last request comes in minute 10, a restart in minute 25, and the next request in minute 40`,
      minutes: 1,
      series: [
        up,
        ...countersOf(slo, [some(10), none(14), { ...none(15), restart: true }, some(21)]),
        ...unused,
        ...strangersOf(plan, slo, [5], 60),
      ],
      // Five minutes without a request are seen in minute 14: the window holds the samples of five minutes.
      expects: [
        ...quiet(alert, 9),
        { alert, at: 23, fires: [never] },
        { alert, at: 24, fires: [...fires, never] },
        { alert, at: 39, fires: [...fires, never] },
        { alert, at: 40, fires: [never] },
        ...quiet(alert, 60),
      ],
    },
    {
      name: `${alert}: a request every four minutes is traffic`,
      minutes: 1,
      series: [up, ...countersOf(slo, Array.from({ length: 10 }, () => [some(1), none(3)]).flat())],
      expects: quiet(alert, 15, 25, 35),
    },
    {
      name: `${alert}: a restart after minute 10, and no request ever since, while one environment is busy and one never began`,
      minutes: 1,
      series: [up, ...countersOf(slo, [some(10)]), ...unused, ...strangersOf(plan, slo, [5], 60)],
      expects: [
        ...quiet(alert, 9),
        { alert, at: 23, fires: [never] },
        { alert, at: 24, fires: [...fires, never] },
        { alert, at: 30, fires: [...fires, never] },
      ],
    },
    {
      name: `${alert}: a target that is down says nothing about traffic`,
      minutes: 1,
      series: [{ series: upOf(job, 'a:8080'), values: '0x60' }],
      expects: quiet(alert, 10, 30),
    },
  ]
}

function failures(job: string): Story[] {
  const alert = 'MetricsHandlerErrors'
  const of = (name: string) =>
    `promhttp_metric_handler_errors_total{namespace="${home.namespace}", job="${name}", instance="a:8080", cause="gathering"}`
  const fires = [{ labels: { ...home, instance: 'a:8080' }, instance: 'a:8080' }]
  const story = (name: string, values: string, expects: Expectation[]): Story => ({
    name: `${alert}: ${name}`,
    minutes: 1,
    series: [
      { series: of(job), values },
      { series: of(job).replace('gathering', 'encoding'), values: '3x90' },
      { series: of('somebody-else'), values: '0+1x90' },
    ],
    expects,
  })
  return [
    story('every scrape from minute 11 to 30 fails, with a restart in minute 21', '5x10 6+1x9 1+1x9 10x30', [
      ...quiet(alert, 10, 20),
      { alert, at: 21, fires },
      { alert, at: 33, fires },
      ...quiet(alert, 34),
    ]),
    story('one scrape in ten minutes fails', '0x10 1x9 2x9 3x9 3x30', quiet(alert, 12, 21, 31, 41)),
    story('the counter stands still, above 0', '7x60', quiet(alert, 15, 45)),
  ]
}
