import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { stringify } from 'yaml'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'
import type { Kustomization } from './kustomizations.ts'

/** The pinned kustomize, which is the one that Flux has built in. */
export type Kustomize = {
  release: string
  /** What a folder below `root` comes to, or why it comes to nothing. */
  build(root: string, kustomization: Kustomization): Promise<{ text: string } | { complaint: string }>
}

/** `scratch` is a folder for what is only made in passing. */
export async function prepareKustomize(scratch: string, context: Context): Promise<Kustomize> {
  const { path, release } = await prepareTool(pinOf('kustomize'), context)
  const { env, signal } = context
  return {
    release,
    async build(root, kustomization) {
      const folder = join(root, kustomization.folder)
      const target = kustomization.isComponent ? await wrap(scratch, folder) : folder
      const { code, stdout, stderr } = await run(path, ['build', target], { cwd: root, env, signal })
      return code === 0 ? { text: stdout } : { complaint: stderr.trim().replaceAll(`${root}/`, '') }
    },
  }
}

/** A component alone changes nothing, so it is put on what the folder above it makes. */
async function wrap(scratch: string, component: string): Promise<string> {
  const folder = join(scratch, 'components', component.replaceAll('/', '-'))
  await mkdir(folder, { recursive: true })
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [relative(folder, dirname(component))],
    components: [relative(folder, component)],
  }
  await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization))
  return folder
}
