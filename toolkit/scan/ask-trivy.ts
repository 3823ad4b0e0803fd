import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Artifact } from '../record/record.ts'
import { parseReport, type Report } from './report.ts'
import type { Trivy } from './trivy.ts'

// --offline-scan: what it sees is here; it would ask other servers about archives of Java.
const options = ['--format', 'json', '--list-all-pkgs', '--scanners', 'vuln', '--skip-db-update', '--offline-scan']
// No cache of what was found in which layer: one that somebody else filled would decide what is found now.
const uncached = ['--cache-backend', 'memory']

export type Saved = Pick<Artifact, 'id' | 'file' | 'name'>

/** `vex`: path of a document whose statements take findings out. */
type Setting = { trivy: Trivy; root: string; vex: string | undefined }

/** The lockfiles, and whatever else Trivy knows, of the tree. */
export async function scanFiles({ trivy, root, vex }: Setting): Promise<Report> {
  const skipped = ['**/node_modules', '.git', '.local', '.build', '.bin', 'out'].flatMap(each => ['--skip-dirs', each])
  const report = parseReport(await trivy.run(['fs', ...options, ...uncached, ...withVex(vex), ...skipped, root]))
  if (report.npmPackages === 0)
    throw new Error('Trivy saw no npm package in the tree, so it can have found nothing: is package-lock.json there?')
  return report
}

/** An image as `docker save` wrote it. Throws unless it is the one that the record is about, and holds its list of packages. */
export async function scanImage(artifact: Saved, { trivy, root, vex }: Setting): Promise<Report> {
  const input = await nameForTrivy(artifact, root, trivy)
  const report = parseReport(await trivy.run(['image', ...options, ...uncached, ...withVex(vex), '--input', input]))
  if (report.image !== artifact.id)
    throw new Error(
      `${artifact.file} is the image ${report.image}, and the record is about ${artifact.id}; run ./fairlead build again`,
    )
  if (report.npmPackages === 0)
    throw new Error(
      `Trivy saw no npm package in ${artifact.file}, so it can have found nothing: the image needs bom.cdx.json, which ./fairlead bundle writes`,
    )
  return report
}

/** Trivy calls an archive by its path; so that no path of this machine is in what it writes, the image's name is its path. */
export async function nameForTrivy({ name, file }: Saved, root: string, { folder }: Trivy): Promise<string> {
  const path = join(folder, name)
  if (relative(folder, path) !== name) throw new Error(`expected the name of an image, got "${name}"`) // such as ../shop
  await mkdir(dirname(path), { recursive: true })
  await symlink(resolve(root, file), path)
  return name
}

const withVex = (vex: string | undefined) => (vex === undefined ? [] : ['--vex', vex, '--show-suppressed'])
