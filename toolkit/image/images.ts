import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'

export type Image = {
  /** Of the Dockerfile, and the service of docker-compose.yml that is built from it. */
  target: string
  name: string
  id: string
  sizeBytes: number
  /** Digests of the uncompressed layers, the base's first. */
  layers: string[]
  /** The layers that the Dockerfile adds. */
  own: { what: string; bytes: number }[]
}

/** What can be built: the stages that begin with the runtime's. */
export async function readTargets(root: string): Promise<string[]> {
  const text = await readFile(join(root, 'Dockerfile'), 'utf8')
  return [...text.matchAll(/^FROM runtime AS (\S+)$/gm)].map(([, target = '']) => target)
}

/** `docker` with an error for any exit code but 0. */
export async function ask({ docker }: Engine, args: string[], signal?: AbortSignal): Promise<string> {
  const { code, stdout, stderr } = await docker(args, { ...(signal && { signal }) })
  if (code === 0) return stdout.trim()
  throw new Error(`docker ${args[0]} ended with ${code}: ${stderr.trim()}`)
}

export async function inspectImage(engine: Engine, target: string, name: string): Promise<Image> {
  const text = await ask(engine, ['image', 'inspect', '--format', '{{json .}}', name])
  const { Id, Size, RootFS }: { Id: string; Size: number; RootFS: { Layers: string[] } } = JSON.parse(text) // Docker's API
  const format = '{{.Size}}\t{{.CreatedBy}}'
  const history = await ask(engine, ['history', '--no-trunc', '--human=false', '--format', format, name])
  const own = history.split('\n').flatMap(line => {
    const [, bytes, from = ''] = /^(\d+)\tCOPY (\S+)/.exec(line) ?? []
    return bytes === undefined || Number(bytes) === 0 ? [] : [{ what: from, bytes: Number(bytes) }]
  })
  return { target, name, id: Id, sizeBytes: Size, layers: RootFS.Layers, own: own.reverse() }
}
