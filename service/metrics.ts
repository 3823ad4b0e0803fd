import { performance } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client'
import { toPlainText } from '../lib/exposition.ts'

/** Finer around the objective of 500 ms, so that a p95 near it is read and not guessed. */
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 1, 2.5, 5, 10]

export type TraceIds = { trace_id: string; span_id: string }
export type Pool = { size: number; inUse: number; waiting: number }
export type FlagEvaluation = { flag: string; reason: string; errorCode?: string | undefined }
export type Metrics = ReturnType<typeof createMetrics>

/**
 * Every metric of the service. One OpenMetrics registry, because prom-client has exemplars only there and switching the
 * format of a registry renames its counters for good; plain text is made from it.
 */
export function createMetrics(build: { version: string; revision: string }) {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  registerRuntime(registry, build)

  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered, by route pattern, method and status code; 499 when the client left before an answer.',
    labelNames: ['handler', 'method', 'status'] as const,
    registers,
  })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the last byte of the answer.',
    labelNames: ['handler', 'method', 'trace_id', 'span_id'] as const, // the last two only ever stand in exemplars
    buckets: BUCKETS_SECONDS,
    enableExemplars: true,
    registers,
  })
  const scrapeErrors = new Counter({
    name: 'promhttp_metric_handler_errors_total',
    help: 'Scrapes that failed because a collector threw.',
    labelNames: ['cause'] as const,
    registers,
  })
  scrapeErrors.inc({ cause: 'gathering' }, 0) // an alert on its increase needs the series from the start
  const evaluations = new Counter({
    name: 'feature_flag_evaluations_total',
    help: 'Answers of the flag provider, by flag and reason.',
    labelNames: ['flag', 'reason'] as const,
    registers,
  })
  const evaluationErrors = new Counter({
    name: 'feature_flag_evaluation_errors_total',
    help: 'Flag evaluations that fell back, by flag and OpenFeature error code.',
    labelNames: ['flag', 'code'] as const,
    registers,
  })

  return {
    registry,
    /** `seconds` from the request line to the last byte; `trace` becomes the exemplar of the bucket it falls into. */
    requestEnded(handler: string, method: string, status: number, seconds: number, trace?: TraceIds) {
      requests.inc({ handler, method, status: String(status) })
      durations.observe({ labels: { handler, method }, value: seconds, ...(trace && { exemplarLabels: trace }) })
    },
    flagEvaluated({ flag, reason, errorCode }: FlagEvaluation) {
      evaluations.inc({ flag, reason })
      if (errorCode !== undefined) evaluationErrors.inc({ flag, code: errorCode })
    },
    watchPool: (read: () => Pool) => registerPool(registry, read),
    /** Rejects when a collector throws, after counting it: the next good scrape shows that this one failed. */
    async scrape(accept: string | undefined): Promise<{ contentType: string; body: string }> {
      try {
        const body = await registry.metrics()
        if (accept?.includes('application/openmetrics-text')) return { contentType: registry.contentType, body }
        return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: toPlainText(body) }
      } catch (cause) {
        scrapeErrors.inc({ cause: 'gathering' })
        throw new Error('a metrics collector failed', { cause })
      }
    },
  }
}

function registerRuntime(registry: Registry<OpenMetricsContentType>, build: { version: string; revision: string }) {
  new Gauge({
    name: 'build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'revision', 'node'],
    registers: [registry],
  }).set({ ...build, node: process.version }, 1)

  let last = performance.eventLoopUtilization()
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of the time since the last scrape that the event loop was busy.',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization()
      this.set(performance.eventLoopUtilization(now, last).utilization)
      last = now
    },
  })
}

function registerPool(registry: Registry<OpenMetricsContentType>, read: () => Pool) {
  const registers = [registry]
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections that the pool may open.',
    registers,
    collect() {
      this.set(read().size)
    },
  })
  new Gauge({
    name: 'database_pool_in_use',
    help: 'Connections that run a query now.',
    registers,
    collect() {
      this.set(read().inUse)
    },
  })
  new Gauge({
    name: 'database_pool_waiting',
    help: 'Queries that wait for a connection.',
    registers,
    collect() {
      this.set(read().waiting)
    },
  })
}
