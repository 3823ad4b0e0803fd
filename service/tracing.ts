import { context, DiagLogLevel, diag, logs, propagation, trace } from '@opentelemetry/api'
import type { NodeSDK } from '@opentelemetry/sdk-node'
import type { Sampler } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { exporterLog } from './exporter-log.ts'

export { activeTrace, isTraceSampled } from './active-trace.ts'
export { inQuerySpan } from './query-span.ts'
export { inServerSpan } from './server-span.ts'
export { recordException } from './span-error.ts'

export type Tracing = {
  /** Imports and starts the SDK in the background, once; until then requests go untraced. Call it at the first ON. */
  start(): void
  /** True from the moment that spans are recorded until the shutdown. */
  readonly started: boolean
  /** Resolves once started, rejects when the SDK cannot start. Nothing that serves requests should wait for it. */
  ready(): Promise<void>
  /** Sends what is queued and stops, within `timeoutMs`. Never rejects: a collector that is down costs a line in the log. */
  shutdown(timeoutMs: number): Promise<void>
}

type TracingConfig = Pick<
  Config,
  | 'ENVIRONMENT'
  | 'OTEL_SERVICE_NAME'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_TRACES_SAMPLER'
  | 'OTEL_TRACES_SAMPLER_ARG'
>
type Options = { config: TracingConfig; version?: string; log: Logger }

/** OpenTelemetry behind a flag: docs/adr/0006-tracing-behind-a-flag.md */
export function createTracing(options: Options): Tracing {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  let sdk: Promise<NodeSDK | undefined> | undefined
  let started = false
  let stopped = false
  ready.catch(() => {}) // logged below, whether or not anybody waits

  return {
    get started() {
      return started
    },
    ready: () => ready,
    start() {
      if (stopped) return
      sdk ??= startSdk(options).then(
        running => {
          started = !stopped
          resolve()
          return running
        },
        error => {
          options.log.error({ err: error }, 'tracing cannot start; requests are served without it')
          reject(error)
          return undefined
        },
      )
    },
    async shutdown(timeoutMs) {
      stopped = true
      started = false
      const flushed = sdk?.then(running => running?.shutdown())
      try {
        if (flushed) await within(timeoutMs, flushed)
      } catch (error) {
        options.log.warn({ err: error }, 'the last spans were not sent')
      }
      // Spans that somebody still starts end here, and a test may start another SDK in this process.
      for (const api of [trace, context, propagation, logs, diag]) api.disable()
    },
  }
}

// Spans that wait for the collector; beyond this they are dropped, with a warning. It holds the burst of 200 clients with
// dozens of spans each, and at a few hundred bytes to 4 kB a span it stays a matter of megabytes.
const MAX_QUEUE_SIZE = 8192

async function startSdk({ config, version, log }: Options): Promise<NodeSDK> {
  const [
    { NodeSDK },
    { OTLPTraceExporter },
    sdkTrace,
    { defaultResource, detectResources, envDetector, resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
  ])
  const complain = () =>
    diag.setLogger(exporterLog(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  complain()
  // What we know wins over OTEL_RESOURCE_ATTRIBUTES (the order that the specification asks for).
  const resource = defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({
        'service.name': config.OTEL_SERVICE_NAME,
        ...(version !== undefined && { 'service.version': version }),
        'deployment.environment.name': config.ENVIRONMENT,
      }),
    )
  const exporter = new OTLPTraceExporter({ url: tracesUrl(config.OTEL_EXPORTER_OTLP_ENDPOINT) })
  diag.disable() // with OTEL_LOG_LEVEL set, NodeSDK brings a logger that prints to the console; ours comes back after it
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    sampler: samplerOf(sdkTrace, config.OTEL_TRACES_SAMPLER, config.OTEL_TRACES_SAMPLER_ARG),
    spanProcessors: [new sdkTrace.BatchSpanProcessor({ exporter, maxQueueSize: MAX_QUEUE_SIZE })],
    spanLimits: { attributeValueLengthLimit: 4096 }, // clients choose the length of paths and user agents
    metricReaders: [],
    logRecordProcessors: [],
  })
  complain()
  sdk.start()
  return sdk
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
const tracesUrl = (endpoint: string) => `${endpoint.replace(/\/$/, '')}/v1/traces`

function samplerOf(
  sdk: typeof import('@opentelemetry/sdk-trace'),
  name: Config['OTEL_TRACES_SAMPLER'],
  ratio: number,
): Sampler {
  const { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } = sdk
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio)
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
    default:
      return name satisfies never
  }
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`the collector did not take them within ${timeoutMs} ms`)), timeoutMs)
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
