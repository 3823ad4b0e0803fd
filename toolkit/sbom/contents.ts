import * as v from 'valibot'

const Component = v.object({
  purl: v.optional(v.string()),
  properties: v.optional(v.array(v.object({ name: v.string(), value: v.optional(v.string(), '') }))),
})
const Cyclonedx = v.object({
  bomFormat: v.literal('CycloneDX'),
  metadata: v.object({ component: Component }),
  components: v.array(Component),
})
const Spdx = v.object({
  spdxVersion: v.literal('SPDX-2.3'),
  packages: v.array(
    v.object({
      externalRefs: v.optional(v.array(v.object({ referenceType: v.string(), referenceLocator: v.string() }))),
    }),
  ),
})

/**
 * The packages that a list names, by their purl in plain letters and without qualifiers, such as pkg:npm/@grpc/grpc-js@1.14.7.
 * What the list is about is none of them; SPDX does not keep it apart.
 */
export function packagesOfCyclonedx(text: string): Set<string> {
  return plain(v.parse(Cyclonedx, JSON.parse(text)).components.map(each => each.purl))
}

export function packagesOfSpdx(text: string): Set<string> {
  const references = v.parse(Spdx, JSON.parse(text)).packages.flatMap(each => each.externalRefs ?? [])
  return plain(references.map(each => (each.referenceType === 'purl' ? each.referenceLocator : undefined)))
}

/** Digest of the config of the image that Trivy's list is about. */
export function imageOfCyclonedx(text: string): string | undefined {
  const { properties = [] } = v.parse(Cyclonedx, JSON.parse(text)).metadata.component
  return properties.find(each => each.name === 'aquasecurity:trivy:ImageID')?.value
}

const plain = (purls: readonly (string | undefined)[]) =>
  new Set(purls.flatMap(purl => (purl === undefined ? [] : [decodeURIComponent(purl.replace(/[?#].*$/, ''))])))
