import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { type Collector, startCollector } from './testing/collector.ts'
import { activeTrace, createTracing, inQuerySpan, inServerSpan } from './tracing.ts'

test('probe', async t => {
  const collector = await startCollector(t)
  const lines: string[] = []
  const log = pino(
    {},
    {
      write: (l: string) => {
        lines.push(l)
      },
    },
  )
  const tracing = createTracing({
    config: {
      ENVIRONMENT: 'nonprod',
      OTEL_SERVICE_NAME: 'x',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url + '/',
      OTEL_TRACES_SAMPLER: 'always_on',
      OTEL_TRACES_SAMPLER_ARG: 1,
    },
    version: '1.2',
    log,
  })
  const t0 = performance.now()
  tracing.start()
  await tracing.ready()
  console.log('start', performance.now() - t0)
  await inServerSpan(
    {
      method: 'GET',
      route: '/orders/:id',
      target: '/orders/1?x=1',
      headers: { host: 'shop:80', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    },
    async () => {
      await inQuerySpan({ summary: 'SELECT orders' }, async () => 1)
      console.log(activeTrace())
      return 503
    },
  )
  await tracing.shutdown(5000)
  console.dir(collector.spans, { depth: 9 })
  console.log(collector.requests, lines)
})
