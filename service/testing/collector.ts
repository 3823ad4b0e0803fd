import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import protobuf from 'protobufjs'

type Attributes = Record<string, unknown>

export type CollectedSpan = {
  traceId: string
  spanId: string
  /** Empty for the root of a trace. */
  parentSpanId: string
  name: string
  kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER'
  attributes: Attributes
  events: { name: string; attributes: Attributes }[]
  status: 'UNSET' | 'OK' | 'ERROR'
  resource: Attributes
}

export type Collector = {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  url: string
  port: number
  spans: CollectedSpan[]
  /** Every export that arrived, those that were refused included. */
  requests: { path: string; headers: IncomingHttpHeaders }[]
  /** hang: reads the request and never answers; error: answers 500. Neither keeps the spans. */
  mode: 'ok' | 'hang' | 'error'
  /** Resolves as soon as the condition holds (a number: at least so many spans), at the latest when an export arrives. */
  waitFor(condition: number | (() => boolean)): Promise<void>
  /** Goes away with its connections; what is sent then finds nobody. */
  stop(): Promise<void>
}

const DEADLINE_MS = 30_000

/** A real OTLP http/protobuf endpoint on the loopback, which decodes what arrives. Stopped when the test ends. */
export async function startCollector(t: TestContext, { port = 0 }: { port?: number } = {}): Promise<Collector> {
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    collector.requests.push({ path: request.url ?? '', headers: request.headers })
    if (collector.mode === 'ok') collector.spans.push(...decodeSpans(body))
    answer(response, collector.mode)
    for (const check of waiting) check()
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo // listening on TCP
  const collector: Collector = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    spans: [],
    requests: [],
    mode: 'ok',
    waitFor(condition) {
      const holds = typeof condition === 'number' ? () => collector.spans.length >= condition : condition
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const check = () => holds() && resolve()
      const names = () => collector.spans.map(span => span.name).slice(0, 20)
      const timer = setTimeout(() => {
        reject(
          new Error(`not within ${DEADLINE_MS} ms; ${collector.spans.length} spans arrived: ${names().join(', ')}`),
        )
      }, DEADLINE_MS)
      waiting.add(check)
      check()
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(check)
      })
    },
    async stop() {
      if (!server.listening) return
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
  t.after(() => collector.stop())
  return collector
}

function answer(response: ServerResponse, mode: Collector['mode']): void {
  if (mode === 'hang') return
  response.writeHead(mode === 'ok' ? 200 : 500, { 'content-type': 'application/x-protobuf' }).end()
}

// The fields we read of https://github.com/open-telemetry/opentelemetry-proto (trace/v1, common/v1, resource/v1).
const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; Kind kind = 6;
    repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
  }
  enum Kind { UNSPECIFIED = 0; INTERNAL = 1; SERVER = 2; CLIENT = 3; PRODUCER = 4; CONSUMER = 5; }
  message Event { string name = 2; repeated KeyValue attributes = 3; }
  message Status { Code code = 3; }
  enum Code { UNSET = 0; OK = 1; ERROR = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; }
  }
  message ArrayValue { repeated AnyValue values = 1; }
`)
const requestType = root.lookupType('ExportTraceServiceRequest')

type AnyValue = { value: string; arrayValue?: { values: AnyValue[] } } & Record<string, unknown>
type KeyValue = { key: string; value: AnyValue }
type Decoded = {
  resourceSpans: {
    resource: { attributes: KeyValue[] }
    scopeSpans: {
      spans: (Pick<CollectedSpan, 'name' | 'kind'> & {
        traceId: Buffer
        spanId: Buffer
        parentSpanId: Buffer
        attributes: KeyValue[]
        events: { name: string; attributes: KeyValue[] }[]
        status: { code: CollectedSpan['status'] } | null
      })[]
    }[]
  }[]
}

function decodeSpans(body: Buffer): CollectedSpan[] {
  const options = { enums: String, longs: Number, defaults: true, arrays: true, oneofs: true }
  const { resourceSpans } = requestType.toObject(requestType.decode(body), options) as Decoded // the shape of the messages above
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(span => ({
        traceId: span.traceId.toString('hex'),
        spanId: span.spanId.toString('hex'),
        parentSpanId: span.parentSpanId.toString('hex'),
        name: span.name,
        kind: span.kind,
        attributes: plain(span.attributes),
        events: span.events.map(event => ({ name: event.name, attributes: plain(event.attributes) })),
        status: span.status?.code ?? 'UNSET',
        resource: plain(resource.attributes),
      })),
    ),
  )
}

const plain = (attributes: KeyValue[]): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]))

/** protobufjs names the field of a `oneof` that is set, here in `value`. */
const plainValue = (any: AnyValue): unknown => (any.arrayValue ? any.arrayValue.values.map(plainValue) : any[any.value])
