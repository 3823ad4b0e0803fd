import type { Manifest } from '../chart/manifests-in.ts'
import { chartTagOf } from '../registry/reference.ts'

/** The digest of no image: nothing was promoted yet. */
export const noDigest = `sha256:${'0'.repeat(64)}`

type Release = { spec: { values?: { image?: { digest?: unknown; tag?: unknown } } } }
type Source = { spec: { ref?: { tag?: unknown }; verify?: unknown } }

/** What must hold of an environment whatever else stands in it: an image by digest, the chart of that image, and a verifier. */
export function promotionMistakes(environment: string, manifests: readonly Manifest[]): string[] {
  const of = (kind: string) => manifests.filter(each => each.kind === kind)
  const digests = of('HelmRelease').map(each => (each as Manifest & Release).spec.values?.image) // looked at by the schema
  const sources = of('OCIRepository').map(each => (each as Manifest & Source).spec) // likewise
  const [image] = digests
  const digest = String(image?.digest)
  const mistakes: string[] = []
  if (digests.length !== 1 || !/^sha256:[0-9a-f]{64}$/.test(digest))
    return [`expected one HelmRelease with values.image.digest of sha256: and 64 hexadecimal digits, got ${digest}`]
  if (image?.tag !== undefined)
    mistakes.push(`values.image.tag is ${String(image.tag)}, but an environment names an image by its digest alone`)
  if (environment === 'nonprod' && digest !== noDigest)
    mistakes.push(`values.image.digest is ${digest}, but the pipeline publishes nonprod, and git holds zeros there`)
  if (sources.some(({ ref }) => ref?.tag !== chartTagOf(digest)))
    mistakes.push(
      `expected the chart by the tag ${chartTagOf(digest)}, got ${sources.map(({ ref }) => String(ref?.tag)).join(', ')}`,
    )
  if (sources.length === 0 || sources.some(({ verify }) => verify === undefined))
    mistakes.push('expected an OCIRepository with spec.verify: Flux would install what nobody signed')
  return mistakes
}
