import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Manifest, manifestsIn } from '../chart/manifests-in.ts'
import type { Modules } from '../chart/schema-crd.ts'
import type { Validator } from '../chart/validate.ts'
import { readComplaints } from './complaints.ts'
import type { Fault } from './fault.ts'
import { locate } from './locate.ts'
import { plainSecrets, withoutSops } from './secrets.ts'
import { servedVersions } from './served.ts'

export type Judge = {
  validator: Validator
  modules: Modules
  /** For what is only written to be read by kubeconform. */
  scratch: string
}

/** What strict schemas, and our own rule about secrets, say against the objects in `text`, which came out of `texts`. */
export async function judgeObjects(
  text: string,
  texts: ReadonlyMap<string, string>,
  { validator, modules, scratch }: Judge,
): Promise<{ manifests: Manifest[]; faults: Fault[] }> {
  const all = manifestsIn(text)
  const manifests = all.map(withoutSops)
  const secrets = all.flatMap(each =>
    plainSecrets(each).map(field => ({
      ...locate(texts, { kind: 'Secret', field }),
      message: `Secret ${each.metadata.name}: ${field} stands there in plain text; encrypt the file with SOPS, or use an ExternalSecret (docs/releases.md)`,
    })),
  )
  const file = join(scratch, 'objects.yaml')
  await mkdir(scratch, { recursive: true })
  await writeFile(file, manifests.map(each => stringify(each)).join('---\n'))
  const { code, stdout, stderr } = await validator.validate(file, manifests)
  const complaints = readComplaints(stdout)
  if (code !== 0 && complaints.length === 0) throw new Error(`kubeconform ended with ${code}: ${stderr.trim()}`)
  const faults = complaints.map(async complaint => {
    const { kind, name, message } = complaint
    const manifest = manifests.find(each => each.kind === kind && each.metadata.name === name)
    const said = message.startsWith('could not find schema') && manifest ? await explain(modules, manifest) : message
    return { ...locate(texts, complaint), message: `${kind} ${name}: ${said}` }
  })
  return { manifests, faults: [...(await Promise.all(faults)), ...secrets] }
}

async function explain(modules: Modules, manifest: Manifest): Promise<string> {
  const served = await servedVersions(modules, manifest)
  const advice =
    served.length > 0 ? `write ${served.join(' or ')}` : 'nothing that third-party/ pins defines such a kind'
  return `apiVersion ${manifest.apiVersion} is not served; ${advice}`
}
