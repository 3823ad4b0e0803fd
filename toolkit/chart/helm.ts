import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Exit, run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf, readGoMod } from '../tools/pins.ts'

/** The pinned helm, told of the pinned Kubernetes, so that it asks no cluster and no home folder for anything. */
export type Helm = {
  path: string
  release: string
  lint(folder: string, values: readonly string[]): Promise<Exit>
  /** Files of values as in `-f`: the last one wins. */
  template(folder: string, values: readonly string[]): Promise<Exit>
}

/** What every rendering is called and where it goes; the proofs below rely on both. */
export const release = { name: 'shop', namespace: 'shop' } as const

export async function prepareHelm(context: Context): Promise<Helm> {
  const { path, release: version } = await prepareTool(pinOf('helm'), context)
  const kubernetes = await readPinnedKubernetes(context.root)
  const where = ['--namespace', release.namespace, '--kube-version', kubernetes]
  const files = (values: readonly string[]) => values.flatMap(file => ['--values', file])
  const call = (args: readonly string[]) =>
    run(path, args, { cwd: context.root, env: context.env, signal: context.signal })
  return {
    path,
    release: version,
    lint: (folder, values) => call(['lint', folder, '--strict', ...where, ...files(values)]),
    template: (folder, values) => call(['template', release.name, folder, ...where, ...files(values)]),
  }
}

async function readPinnedKubernetes(root: string): Promise<string> {
  const pin = pinOf('kube-apiserver')
  return readGoMod(await readFile(join(root, 'third-party', pin.folder, 'go.mod'), 'utf8'), pin)
}
