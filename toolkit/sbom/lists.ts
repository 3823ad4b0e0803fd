import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { nameForTrivy, type Saved } from '../scan/ask-trivy.ts'
import type { Trivy } from '../scan/trivy.ts'
import type { Context } from '../step.ts'
import { imageOfCyclonedx, packagesOfCyclonedx, packagesOfSpdx } from './contents.ts'
import { reproducibleCyclonedx, reproducibleSpdx } from './reproducible.ts'

/** The same packages in the two formats that people ask for. */
export type Lists = { cyclonedx: string; spdx: string }

/**
 * What package-lock.json names, as npm says; needs no network. Dev dependencies too: with --omit=dev, npm 11 also leaves out
 * what a dev dependency and a shipped package both need.
 */
export async function listLockfile({ root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>): Promise<Lists> {
  const list = async (format: string) => {
    const args = ['sbom', '--package-lock-only', `--sbom-format=${format}`]
    const { code, stdout, stderr } = await run('npm', args, { cwd: root, env, signal })
    if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}: ${stderr.trim() || stdout.trim()}`)
    return stdout
  }
  const { name } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { name: string } // npm has read it
  return {
    cyclonedx: reproducibleCyclonedx(withName(await list('cyclonedx'), name)),
    spdx: reproducibleSpdx(await list('spdx')),
  }
}

/** npm 11 calls the whole by the name of the checkout's folder. */
function withName(text: string, name: string): string {
  const list = JSON.parse(text) as { metadata: { component: object } } // by the specification
  return JSON.stringify({ ...list, metadata: { ...list.metadata, component: { ...list.metadata.component, name } } })
}

/** What an image holds, of its system and of npm, as Trivy says. Throws unless it is the image that the record is about. */
export async function listImage(artifact: Saved, { root, trivy }: { root: string; trivy: Trivy }): Promise<Lists> {
  const input = await nameForTrivy(artifact, root, trivy)
  const list = (format: string) =>
    trivy.run(['image', '--format', format, '--cache-backend', 'memory', '--offline-scan', '--input', input])
  const cyclonedx = reproducibleCyclonedx(await list('cyclonedx'))
  const image = imageOfCyclonedx(cyclonedx)
  if (image !== artifact.id)
    throw new Error(
      `${artifact.file} is the image ${image}, and the record is about ${artifact.id}; run ./fairlead build again`,
    )
  return { cyclonedx, spdx: reproducibleSpdx(await list('spdx-json')) }
}

/**
 * How many packages of package-lock.json both lists of an image name. Throws when they name none, which an image without its
 * bom.cdx.json would do, or not the same.
 */
export function countShared(file: string, image: Lists, lockfile: Lists): number {
  const locked = packagesOfCyclonedx(lockfile.cyclonedx)
  const shared = [...packagesOfCyclonedx(image.cyclonedx)].filter(each => locked.has(each))
  const other = packagesOfSpdx(image.spdx)
  const missing = shared.filter(each => !other.has(each))
  if (missing.length > 0) throw new Error(`${file}: the list in SPDX lacks ${missing.join(', ')}, which CycloneDX has`)
  if (shared.length === 0)
    throw new Error(
      `${file} names no package of package-lock.json: the image needs bom.cdx.json, which ./fairlead bundle writes`,
    )
  return shared.length
}
