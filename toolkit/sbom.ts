import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { parseOptions } from './options.ts'
import { entry, readRecord, recordFile, updateRecord } from './record/record.ts'
import { countShared, type Lists, listImage, listLockfile } from './sbom/lists.ts'
import { openTrivy } from './scan/trivy.ts'
import type { Context, Step } from './step.ts'
import { conclude } from './verdict.ts'

export const sbom: Step = {
  name: 'sbom',
  summary: 'List the packages of the lockfile and of each image of the build record, as CycloneDX and SPDX.',
  help: `Usage: ./fairlead sbom

Writes beside the build record
  package-lock.{cdx,spdx}.json   what package-lock.json names, as npm says
  <target>.{cdx,spdx}.json       what the image holds, as Trivy says; ./fairlead attest attaches these
The same image gives the same bytes.`,
  run(args, context) {
    parseOptions(args, {})
    return conclude('sbom', context, () => list(context))
  },
}

async function list(context: Context): Promise<string> {
  const { artifacts } = await readRecord(context)
  const images = Object.entries(artifacts).filter(([, { kind }]) => kind === 'image')
  const names = images.map(([target]) => target)
  context.print(
    `sbom: lists the packages of package-lock.json${names.map(name => ` and of the image ${name}`).join('')}`,
  )
  const lockfile = await listLockfile(context)
  await write('package-lock', lockfile, context)
  await using trivy = await openTrivy(context)
  const counts: string[] = []
  for (const [target, artifact] of images) {
    const lists = await listImage(artifact, { root: context.root, trivy })
    counts.push(`${target} ${countShared(artifact.file, lists, lockfile)} packages of npm`)
    const files = await write(target, lists, context)
    await updateRecord(context, record => {
      const now = record.artifacts[target]
      if (now?.id !== artifact.id) throw new Error(`the record is about another image ${target} than a moment ago`)
      const sbom = { ...entry(context, artifact.id), ...files }
      return { ...record, artifacts: { ...record.artifacts, [target]: { ...now, sbom } } }
    })
  }
  return `trivy ${trivy.release}: ${counts.join(', ') || 'no image in the record'}`
}

async function write(name: string, lists: Lists, context: Context) {
  const folder = dirname(recordFile(context))
  await mkdir(folder, { recursive: true })
  const one = async (file: string, text: string) => {
    const path = join(folder, file)
    await writeFile(path, text)
    return { path: relative(context.root, path), sha256: createHash('sha256').update(text).digest('hex') }
  }
  return { cyclonedx: await one(`${name}.cdx.json`, lists.cyclonedx), spdx: await one(`${name}.spdx.json`, lists.spdx) }
}
