import type { Plan } from '../plan.ts'
import { matcherText } from '../selector.ts'
import { printDashboard, type Row } from './dashboard.ts'
import { half, heatmap, stat, timeSeries, versions } from './panels.ts'
import { processRow } from './process.ts'
import { increase, own, quantile, rate, sumBy } from './queries.ts'
import { objectives } from './slo.ts'

/** From what users feel down to what the service runs on. What counts as traffic, and what is too much, stands in the plan. */
export function serviceDashboard(plan: Plan): string {
  const [{ total }] = plan.slos
  const traffic = total.matchers
    .filter(({ label }) => label !== 'job')
    .map(matcherText)
    .join(', ')
  return printDashboard({
    ...{ uid: plan.service, title: plan.service, job: plan.job ?? plan.service, buildInfo: 'build_info' },
    description: 'The service: what its users feel, what it depends on, what it runs on.',
    repository: plan.repository,
    rows: [
      glance(traffic, plan),
      objectives(plan),
      requests(traffic, plan),
      latency(traffic, plan),
      dependencies,
      processRow,
    ],
  })
}

/** From where a plan says that it is too much. */
const tooMany = ({ slos }: Plan) => ({
  limits: slos.flatMap(({ part, warn }) => (part.kind === 'bad' && warn ? [red(warn.above)] : [])),
})
const tooSlow = ({ slos }: Plan) => ({
  limits: slos.flatMap(({ part }) => (part.kind === 'in time' ? [red(part.limit)] : [])),
})
const red = (from: number): [string, number] => ['red', from]

const DURATION = 'http_request_duration_seconds'
const failed = 'status=~"5.."'

function errorRatio(traffic: string) {
  const all = `sum(${rate('http_requests_total', traffic)})`
  const errors = `sum(${rate('http_requests_total', `${traffic}, ${failed}`)})`
  return `(${errors} or vector(0)) / ${all}` // before the first error there is no series of errors
}

const glance = (traffic: string, plan: Plan): Row => ({
  title: 'At a glance',
  panels: [
    stat(
      ['Requests', 'Requests of users each second; probes, scrapes and administration are left out.', 'reqps'],
      `sum(${rate('http_requests_total', traffic)})`,
      { runbook: 'NoTraffic' },
    ),
    stat(['Errors', 'The share of these requests that got a 5xx.', 'percentunit'], errorRatio(traffic), {
      ...tooMany(plan),
      runbook: 'HighErrorRate',
      decimals: 2,
    }),
    stat(
      ['p95', 'The time within which 95 % of these requests had their answer.', 's'],
      quantile(0.95, DURATION, [], traffic),
      { ...tooSlow(plan), runbook: 'HighLatencyP95' },
    ),
    stat(['Instances', 'Instances that answered the last scrape.', 'none'], `sum(${own('up')})`, {
      runbook: 'TargetDown',
    }),
    stat(
      ['Failed scrapes', 'Scrapes each second that failed because a collector of metrics threw.', 'ops'],
      `sum(${rate('promhttp_metric_handler_errors_total')})`,
      { runbook: 'MetricsHandlerErrors' },
    ),
    versions(own('build_info')),
  ],
})

const requests = (traffic: string, plan: Plan): Row => ({
  title: 'Traffic and errors',
  panels: [
    timeSeries(
      ['Requests by route', 'By the pattern of the route; unmatched is what no route answers.', 'reqps'],
      [[sumBy(['handler'], rate('http_requests_total', traffic)), '{{handler}}']],
      { ...half, isStacked: true, runbook: 'NoTraffic' },
    ),
    timeSeries(
      ['Answers by status', 'Everything that was answered; 499 is a client that left before its answer.', 'reqps'],
      [[sumBy(['status'], rate('http_requests_total')), '{{status}}']],
      { ...half, isStacked: true },
    ),
    timeSeries(
      ['Share of errors', 'The share of requests that got a 5xx.', 'percentunit'],
      [[errorRatio(traffic), 'errors']],
      { ...half, ...tooMany(plan), runbook: 'HighErrorRate' },
    ),
    timeSeries(
      ['Errors by route', 'Answers of 5xx by the pattern of the route; empty when there was none.', 'reqps'],
      [[sumBy(['handler', 'status'], rate('http_requests_total', `${traffic}, ${failed}`)), '{{handler}} {{status}}']],
      { ...half, runbook: 'HighErrorRate' },
    ),
  ],
})

const latency = (traffic: string, plan: Plan): Row => ({
  title: 'Latency',
  panels: [
    timeSeries(
      ['Percentiles', 'From the request line to the last byte. A dot is one request, and leads to its trace.', 's'],
      [0.5, 0.9, 0.95, 0.99].map(share => [quantile(share, DURATION, [], traffic), `p${share * 100}`, true]),
      { ...half, ...tooSlow(plan), runbook: 'HighLatencyP95' },
    ),
    heatmap(
      ['Distribution', 'How many requests took how long. A dot is one request, and leads to its trace.', 's'],
      sumBy(['le'], increase(`${DURATION}_bucket`, traffic)),
    ),
    timeSeries(
      ['p95 by route', 'The time within which 95 % of the requests of a route had their answer.', 's'],
      [[quantile(0.95, DURATION, ['handler'], traffic), '{{handler}}']],
      { ...tooSlow(plan), width: 24, height: 8, runbook: 'HighLatencyP95' },
    ),
  ],
})

const dependencies: Row = {
  title: 'Database and flags',
  panels: [
    timeSeries(
      ['Database connections', 'Those that run a query, of those that the pool may open.', 'none'],
      [
        [own('database_pool_in_use'), '{{instance}} in use'],
        [own('database_pool_connections'), '{{instance}} at most'],
      ],
      half,
    ),
    timeSeries(
      ['Waiting for a connection', 'Queries in line: the pool is too small, or the database too slow.', 'none'],
      [[own('database_pool_waiting'), '{{instance}}']],
      { ...half, runbook: 'HighLatencyP95' },
    ),
    timeSeries(
      ['Flag answers', 'Answers of the flag provider by flag and reason; STALE is one that did not come.', 'ops'],
      [[sumBy(['flag', 'reason'], rate('feature_flag_evaluations_total')), '{{flag}} {{reason}}']],
      half,
    ),
    timeSeries(
      ['Flag errors', 'Evaluations that fell back to the last value or the environment, by flag and code.', 'ops'],
      [[sumBy(['flag', 'code'], rate('feature_flag_evaluation_errors_total')), '{{flag}} {{code}}']],
      half,
    ),
  ],
}
