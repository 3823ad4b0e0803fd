import { readFileSync, watchFile } from 'node:fs'
import { createServer } from 'node:http'
import * as grpc from '@grpc/grpc-js'

// A program of its own, in place of flagd where its image cannot be had: it serves one flag file to providers that
// evaluate in their own process. `flagd start --uri file:<path>`, ports and paths as flagd's; nothing else of it is here.
const SYNC_PORT = 8015
const MANAGEMENT_PORT = 8014
const LOOK_EVERY_MS = 500

const [command, option, uri = ''] = process.argv.slice(2)
if (command !== 'start' || option !== '--uri' || !uri.startsWith('file:')) {
  process.stderr.write(
    `flagd (stand-in): expected "start --uri file:<path>", got "${process.argv.slice(2).join(' ')}"\n`,
  )
  process.exit(2)
}
const file = uri.slice('file:'.length)
const streams = new Set<grpc.ServerWritableStream<Buffer, string>>()
let flags = read() ?? '{"flags":{}}'
// Like flagd outside Kubernetes it looks at the file now and then, which finds replaced files, too.
watchFile(file, { interval: LOOK_EVERY_MS }, () => {
  flags = read() ?? flags
  for (const stream of streams) stream.write(flags)
})

const sync = new grpc.Server()
const bytes = (value: Buffer) => value
// flagd.sync.v1.SyncFlagsResponse: field 1 is the text of the configuration.
const response = (text: string) =>
  Buffer.concat([Buffer.from([0x0a]), varint(Buffer.byteLength(text)), Buffer.from(text)])
sync.addService(
  {
    SyncFlags: {
      path: '/flagd.sync.v1.FlagSyncService/SyncFlags',
      ...{ requestStream: false, responseStream: true },
      ...{ requestSerialize: bytes, requestDeserialize: bytes },
      ...{ responseSerialize: response, responseDeserialize: String },
    },
  },
  {
    SyncFlags(stream: grpc.ServerWritableStream<Buffer, string>) {
      streams.add(stream)
      for (const end of ['cancelled', 'finish', 'error']) stream.on(end, () => streams.delete(stream))
      stream.write(flags)
    },
  },
)
sync.bindAsync(`0.0.0.0:${SYNC_PORT}`, grpc.ServerCredentials.createInsecure(), error => {
  if (error) throw error
  process.stdout.write(`flagd (stand-in): serves ${file} on port ${SYNC_PORT}\n`)
})
createServer((request, answer) => {
  const isMetrics = request.url === '/metrics'
  if (!isMetrics && request.url !== '/healthz' && request.url !== '/readyz') return answer.writeHead(404).end()
  const text = `# TYPE flagd_stand_in_streams gauge\nflagd_stand_in_streams ${streams.size}\n`
  return answer.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(isMetrics ? text : '')
}).listen(MANAGEMENT_PORT, '0.0.0.0')
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))

/** Undefined for a file that is no JSON: what was good before stays. */
function read(): string | undefined {
  try {
    const text = readFileSync(file, 'utf8')
    JSON.parse(text)
    return text
  } catch (error) {
    process.stderr.write(`flagd (stand-in): ${file}: ${(error as Error).message}\n`)
    return undefined
  }
}

function varint(value: number): Buffer {
  const parts: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...parts, rest])
    parts.push((rest & 0x7f) | 0x80)
  }
}
