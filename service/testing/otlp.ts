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

/** The body of an OTLP http/protobuf request as plain spans. */
export function decodeSpans(body: Buffer): CollectedSpan[] {
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
