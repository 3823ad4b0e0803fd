import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** `docker.io/library/postgres:18@sha256:…`, as files name it, and the same without the digest, as a local image can be named. */
export type Wanted = { variable: string; reference: string; tag: string }

/** Every image that Dockerfile and docker-compose.yml take from a registry: those pinned by digest behind a variable. */
export async function wantedImages(root: string): Promise<Wanted[]> {
  const texts = await Promise.all(['Dockerfile', 'docker-compose.yml'].map(file => readFile(join(root, file), 'utf8')))
  return readImages(texts.join('\n'))
}

export function readImages(text: string): Wanted[] {
  const found = text.matchAll(/^ARG (\w+_IMAGE)=(\S+)$|\$\{(\w+_IMAGE):-([^}]+)\}/gm)
  return [...found].flatMap(([, inDockerfile, its, inCompose, theirs]) => {
    const variable = inDockerfile ?? inCompose ?? ''
    const reference = its ?? theirs ?? ''
    const [tag = '', digest] = reference.split('@')
    return digest?.startsWith('sha256:') ? [{ variable, reference, tag }] : []
  })
}
