import { uuidOf } from '../bundle/bom.ts'

type Component = { 'bom-ref'?: string; name?: string }
type Cyclonedx = {
  serialNumber?: string
  metadata: { timestamp?: string; component: Component }
  components?: Component[]
  dependencies?: { ref: string; dependsOn?: string[] }[]
}
type Spdx = {
  documentNamespace: string
  creationInfo: { created: string }
  packages?: { annotations?: { annotationDate: string }[] }[]
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

/**
 * A CycloneDX list (of npm or Trivy) in which the same content gives the same bytes: no time, and in place of random numbers such
 * as are made from the content.
 */
export function reproducibleCyclonedx(text: string): string {
  const list = JSON.parse(text) as Cyclonedx // a tool wrote it by the specification
  const { timestamp: _, ...metadata } = list.metadata
  const components = list.components ?? []
  const refs = namesFor([metadata.component, ...components])
  const rename = (ref: string) => refs.get(ref) ?? ref
  const withRef = <T extends Component>(each: T): T =>
    each['bom-ref'] === undefined ? each : { ...each, 'bom-ref': rename(each['bom-ref']) }
  const { serialNumber: __, ...rest } = list
  const content = {
    ...rest,
    metadata: { ...metadata, component: withRef(metadata.component) },
    components: components.map(withRef).sort(by(each => each['bom-ref'] ?? '')),
    dependencies: (list.dependencies ?? [])
      .map(({ ref, dependsOn = [] }) => ({ ref: rename(ref), dependsOn: dependsOn.map(rename).sort() }))
      .sort(by(each => each.ref)),
  }
  return format({ ...content, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}` })
}

/** Trivy refers to what has no purl of its own by a random number. */
function namesFor(components: readonly Component[]): Map<string, string> {
  const seen = new Map<string, number>()
  return new Map(
    components.flatMap(({ 'bom-ref': ref, ...content }) => {
      if (ref === undefined || !new RegExp(`^${uuid.source}$`).test(ref)) return []
      const key = JSON.stringify(content)
      const count = (seen.get(key) ?? 0) + 1 // two may be equal, and are two all the same
      seen.set(key, count)
      return [[ref, uuidOf(`${key} ${count}`)] as const]
    }),
  )
}

// SPDX 2.3 demands a time (6.9), and when this is written says nothing about what it describes.
const noTime = '1970-01-01T00:00:00Z'

/** The same for SPDX 2.3. */
export function reproducibleSpdx(text: string): string {
  const document = JSON.parse(text) as Spdx // a tool wrote it by the specification
  const packages = (document.packages ?? []).map(each => ({
    ...each,
    ...(each.annotations && { annotations: each.annotations.map(note => ({ ...note, annotationDate: noTime })) }),
  }))
  const creationInfo = { ...document.creationInfo, created: noTime }
  const content = { ...document, documentNamespace: '', creationInfo, packages }
  const documentNamespace = document.documentNamespace.replace(uuid, uuidOf(JSON.stringify(content)))
  return format({ ...content, documentNamespace })
}

const format = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

function by<T>(key: (each: T) => string) {
  return (one: T, other: T) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0)
}
