import { gzipSync } from 'node:zlib'

const BLOCK = 512

/**
 * A tar archive (POSIX ustar) of plain files, the same bytes for the same files on every machine: sorted by path, owned by
 * root, mode 644, at the beginning of 1970.
 */
export function writeTar(files: ReadonlyMap<string, Uint8Array | string>): Buffer {
  const paths = [...files.keys()].sort()
  const blocks = paths.flatMap(path => {
    const bytes = Buffer.from(files.get(path) ?? '')
    return [header(path, bytes.length), bytes, Buffer.alloc(-bytes.length & (BLOCK - 1))]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

/** The header of gzip names the operating system in byte 9, so it is set to "unknown" (RFC 1952, 2.3.1). */
export function gzip(bytes: Uint8Array): Buffer {
  const zipped = gzipSync(bytes, { level: 9 })
  zipped[9] = 255
  return zipped
}

function header(path: string, size: number): Buffer {
  const { name, prefix } = split(path)
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  block.write(name, 0)
  block.write(octal(0o644, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(0, 12), 136)
  block.write(' '.repeat(8), 148) // the checksum is taken with blanks in its own place
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** ustar has room for 100 bytes, and for 155 more in front of a slash. */
function split(path: string): { name: string; prefix: string } {
  if (path === '' || path.startsWith('/') || path.split('/').includes('..'))
    throw new Error(`an archive takes relative paths only, got "${path}"`)
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' }
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix }
  }
  throw new Error(`the path is too long for an archive: ${path}`)
}
