import { parseAllDocuments } from 'yaml'

/** As much of an object as everybody here reads. */
export type Manifest = { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } }

/** The objects in what helm printed. A document of comments only is none. */
export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text)
    .map(document => {
      const [error] = document.errors
      if (error) throw new Error(`what helm printed is not YAML: ${error.message}`)
      return document.toJS() as unknown
    })
    .filter(each => each !== null)
    .map(asManifest)
}

function asManifest(each: unknown): Manifest {
  const { apiVersion, kind, metadata } = each as Partial<Manifest> // what is read of it is looked at on the next line
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string')
    throw new Error(`expected an object with apiVersion, kind and metadata.name, got ${JSON.stringify(each)}`)
  return each as Manifest // looked at above
}
