import type { IncomingMessage } from 'node:http'

const maxBytes = 16 * 1024

/**
 * Reads at most 16 KiB. A body that ends within is read to its end, so that its connection can be used again; a longer
 * one is cancelled by `cancel`, because reading on could take for ever. Never rejects: the status has already come.
 */
export function readBody(response: IncomingMessage, cancel: () => void): Promise<{ text: string; complete: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  return new Promise(resolve => {
    const finish = (complete: boolean) =>
      resolve({ text: Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'), complete })
    response.on('data', (chunk: Buffer) => {
      if (size > maxBytes) return
      chunks.push(chunk)
      size += chunk.length
      if (size <= maxBytes) return
      finish(false)
      cancel()
    })
    response.once('end', () => finish(response.complete))
    // A connection that breaks here breaks off the body only.
    response.on('error', () => finish(false))
    response.once('close', () => finish(response.complete))
  })
}
