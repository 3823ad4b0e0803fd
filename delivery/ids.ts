/**
 * Makes UUIDs of version 7 (RFC 9562, 5.7 and method 1 of 6.2): they sort by the time they were made, within one
 * millisecond by a counter, and a clock that steps back does not disturb the order.
 */
export function createIds(now: () => number, random: (size: number) => Uint8Array): () => string {
  let last = 0
  let counter = 0
  return () => {
    const time = now()
    const bytes = Buffer.from(random(16))
    if (time > last) {
      last = time
      counter = bytes.readUInt16BE(6) & 0x7ff // the upper half of its range stays free for counting
    } else if (counter < 0xfff) {
      counter += 1
    } else {
      last += 1
      counter = 0
    }
    bytes.writeUIntBE(last, 0, 6)
    bytes.writeUInt16BE(0x7000 | counter, 6)
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
    const hex = bytes.toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }
}
