export type Body = { kind: 'read'; bytes: Uint8Array } | { kind: 'too large' } | { kind: 'busy' } | { kind: 'broken' }

/** Reads bodies up to a limit each, and no more than `totalBytes` of all that are under way. */
export function createBodyReader(totalBytes: number) {
  let held = 0

  /** Gives what was read to `use`; the bytes count as held until it is done. */
  return async function withBody<T>(request: Request, limit: number, use: (body: Body) => Promise<T>): Promise<T> {
    const announced = Number(request.headers.get('content-length') ?? Number.NaN)
    if (announced > limit) return await use({ kind: 'too large' })
    let own = 0
    const hold = (bytes: number) => {
      own += bytes
      held += bytes
      return held <= totalBytes
    }
    try {
      if (!Number.isNaN(announced) && !hold(announced)) return await use({ kind: 'busy' })
      const body = await (Number.isNaN(announced) ? readChunks(request, limit, hold) : readWhole(request))
      return await use(body)
    } finally {
      held -= own
    }
  }
}

/** The server reads no further than what was announced. */
async function readWhole(request: Request): Promise<Body> {
  try {
    return { kind: 'read', bytes: new Uint8Array(await request.arrayBuffer()) }
  } catch {
    return { kind: 'broken' } // the sender left
  }
}

async function readChunks({ body }: Request, limit: number, hold: (bytes: number) => boolean): Promise<Body> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength
      if (size > limit) return { kind: 'too large' }
      if (!hold(chunk.byteLength)) return { kind: 'busy' }
      chunks.push(chunk)
    }
  } catch {
    return { kind: 'broken' }
  }
  return { kind: 'read', bytes: Buffer.concat(chunks) }
}

/** Undefined when the bytes are no UTF-8 or no JSON. */
export function parseJson(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return undefined
  }
}
