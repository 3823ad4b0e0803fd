import * as grpc from '@grpc/grpc-js'
import protobuf from 'protobufjs'

/** What flagd answers for one flag: a resolution, or the gRPC status that carries its error. */
export type RpcAnswer = { value?: boolean; variant?: string; reason: string } | { code: grpc.status; details: string }
export type RpcContext = Record<string, string | number | undefined>

/**
 * A flagd without its evaluator: real gRPC, both services of the provider on one port. `flags` is the configuration
 * that sync streams carry; `answer` stands for evaluation. Setting either and calling `push` is what an edit is to flagd.
 */
export class Flagd {
  flags: unknown = { flags: {} }
  answer: (flag: string, context: RpcContext) => RpcAnswer | Promise<RpcAnswer> = () => notFound
  /** Contexts of the evaluations asked for, oldest first. */
  readonly asked: { flag: string; context: RpcContext }[] = []
  port = 0
  #server: grpc.Server | undefined
  readonly #syncs = new Set<Stream>()
  readonly #events = new Set<Stream>()

  /** Listens on a free port, or again on the port it had. */
  async start(): Promise<this> {
    const server = new grpc.Server()
    server.addService(serviceDefinition('flagd.sync.v1.FlagSyncService', 'SyncFlags', true), {
      SyncFlags: (call: Stream) => {
        this.#keep(this.#syncs, call)
        call.write({ flagConfiguration: text(this.flags) })
      },
    })
    server.addService(
      {
        ...serviceDefinition('flagd.evaluation.v2.Service', 'EventStream', true),
        ...serviceDefinition('flagd.evaluation.v2.Service', 'ResolveBoolean', false),
      },
      {
        EventStream: (call: Stream) => {
          this.#keep(this.#events, call)
          call.write({ type: 'provider_ready' })
        },
        ResolveBoolean: (call: grpc.ServerUnaryCall<ResolveRequest, object>, done: grpc.sendUnaryData<object>) =>
          void this.#resolve(call.request, done),
      },
    )
    this.port = await new Promise((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${this.port}`, grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    )
    this.#server = server
    return this
  }

  /** Tells every connected client of a change of the flags named. */
  push(...names: string[]): void {
    for (const sync of this.#syncs) sync.write({ flagConfiguration: text(this.flags) })
    const flags = Object.fromEntries(names.map(name => [name, struct({})]))
    for (const events of this.#events)
      events.write({ type: 'configuration_change', data: struct({ flags: struct(flags) }).structValue })
  }

  /** How many clients hold a stream open. */
  get connected(): number {
    return this.#syncs.size + this.#events.size
  }

  /** Ends every stream as if the call were complete, which a proxy in between may do; the connection stays. */
  endStreams(): void {
    for (const stream of [...this.#syncs, ...this.#events]) stream.end()
  }

  /** Gone at once, connections included. */
  stop(): void {
    this.#server?.forceShutdown()
    this.#server = undefined
    this.#syncs.clear()
    this.#events.clear()
  }

  #keep(streams: Set<Stream>, call: Stream): void {
    streams.add(call)
    call.on('cancelled', () => streams.delete(call))
    call.on('finish', () => streams.delete(call))
  }

  async #resolve({ flagKey, context }: ResolveRequest, done: grpc.sendUnaryData<object>): Promise<void> {
    const plain = Object.fromEntries(
      Object.entries(context?.fields ?? {}).map(([key, value]) => [key, value.stringValue ?? value.numberValue]),
    )
    this.asked.push({ flag: flagKey, context: plain })
    const answer = await this.answer(flagKey, plain)
    if ('code' in answer) done(answer)
    else done(null, answer)
  }
}

/** What flagd says of a flag that it does not have. */
const notFound: RpcAnswer = { code: grpc.status.NOT_FOUND, details: 'Flag not found' }

type Stream = grpc.ServerWritableStream<object, object>
type ResolveRequest = {
  flagKey: string
  context?: { fields: Record<string, { stringValue?: string; numberValue?: number }> }
}

const text = (flags: unknown) => (typeof flags === 'string' ? flags : JSON.stringify(flags))
const struct = (fields: object) => ({ structValue: { fields } }) as const

// The parts of flagd's schemas that the provider uses; field numbers as in open-feature/flagd-schemas.
const messages = protobuf.parse(`
  syntax = "proto3";
  message Struct { map<string, Value> fields = 1; }
  message Value { oneof kind { double numberValue = 2; string stringValue = 3; bool boolValue = 4; Struct structValue = 5; } }
  message SyncFlagsRequest { string providerId = 1; string selector = 2; }
  message SyncFlagsResponse { string flagConfiguration = 1; }
  message EventStreamRequest {}
  message EventStreamResponse { string type = 1; Struct data = 2; }
  message ResolveBooleanRequest { string flagKey = 1; Struct context = 2; }
  message ResolveBooleanResponse { optional bool value = 1; string reason = 2; optional string variant = 3; }
`).root

function serviceDefinition(service: string, method: string, responseStream: boolean): grpc.ServiceDefinition {
  const request = messages.lookupType(`${method}Request`)
  const response = messages.lookupType(`${method}Response`)
  return {
    [method]: {
      path: `/${service}/${method}`,
      requestStream: false,
      responseStream,
      requestSerialize: (value: object) => Buffer.from(request.encode(value).finish()),
      requestDeserialize: (bytes: Buffer) => request.toObject(request.decode(bytes), { oneofs: false }),
      responseSerialize: (value: object) => Buffer.from(response.encode(response.fromObject(value)).finish()),
      responseDeserialize: (bytes: Buffer) => response.decode(bytes),
    },
  }
}
