import { Buffer } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import { type Document, isAlias, isMap, isScalar, parseAllDocuments } from 'yaml'

export type Edit = { text: string; from: string }

const digestPattern = /sha256:[0-9a-f]{64}/g
const wholeDigest = /^sha256:[0-9a-f]{64}$/

/** What stands in a file before the first promotion. */
export const isPlaceholder = (digest: string): boolean => /^sha256:0{64}$/.test(digest)

/**
 * Replaces the one digest at `key` (spec.values.image.digest) in a file of YAML documents. Not a byte beside it changes:
 * the document is read for the place only, never written again. Refuses what it cannot be sure of, with a sentence.
 */
export function editDigest(text: string, key: string, digest: string): Edit {
  if (!wholeDigest.test(digest)) throw new Error(`expected a digest as sha256:<64 hex digits>, got "${digest}"`)
  const places = documentsOf(text).flatMap(document => placesOf(document, key.split('.')))
  const [place, another] = places
  if (place === undefined) throw new Error(`there is no ${key}`)
  if (another !== undefined)
    throw new Error(`${key} is there ${places.length} times, and one is expected; give --path or --key`)
  const { start, end } = place
  const found = [...text.slice(start, end).matchAll(digestPattern)]
  const [match] = found
  if (match === undefined || found.length > 1 || match[0] !== place.value)
    throw new Error(
      `${key} is "${place.value.slice(0, 80)}", and expected is a digest written out: sha256:<64 hex digits>`,
    )
  const at = start + match.index
  const edited = text.slice(0, at) + digest + text.slice(at + match[0].length)
  assertOnly(text, edited, key, digest)
  return { text: edited, from: place.value }
}

/** The text of a file whose bytes come back exactly; another encoding would be damaged by an edit. */
export function decode(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8')
  if (!Buffer.from(text).equals(bytes)) throw new Error('the file is not UTF-8')
  return text
}

function documentsOf(text: string): Document.Parsed[] {
  const documents = parseAllDocuments(text, { stringKeys: false })
  if ('empty' in documents) return []
  const [error] = documents.flatMap(document => document.errors)
  if (error) throw new Error(`not valid YAML: ${error.message.split('\n')[0]}`)
  return documents
}

type Place = { start: number; end: number; value: string }

function placesOf(document: Document.Parsed, path: string[]): Place[] {
  let node: unknown = document.contents
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) throw new Error(`${path.slice(0, index).join('.')} is an alias (*${node.source}): write it out`)
    if (!isMap(node)) return []
    node = node.get(part, true)
  }
  if (node === undefined) return []
  const key = path.join('.')
  if (isAlias(node)) throw new Error(`${key} is an alias (*${node.source}): write the digest itself there`)
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range)
    throw new Error(`${key} is no text, and expected is sha256:<64 hex digits>`)
  return [{ start: node.range[0], end: node.range[1], value: node.value.trim() }]
}

// The belt to the braces: read again, the file says what it said but for this key (and aliases of it).
function assertOnly(before: string, after: string, key: string, digest: string): void {
  const [wanted, got] = [before, after].map(text => documentsOf(text))
  for (const document of wanted ?? []) {
    const node = document.getIn(key.split('.'), true)
    if (isScalar(node)) node.value = String(node.value).replace(digestPattern, digest)
  }
  const plain = (documents: Document.Parsed[] | undefined) => documents?.map(document => document.toJS())
  if (!isDeepStrictEqual(plain(wanted), plain(got))) throw new Error(`${key} cannot be changed without changing more`)
}
