import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { annotate } from '../github.ts'
import { type BuildRecord, entry, updateRecord } from '../record/record.ts'
import type { Context } from '../step.ts'
import { scanFiles, scanImage } from './ask-trivy.ts'
import { prepareDatabase } from './database.ts'
import { lockfileLine } from './lockfile-line.ts'
import type { Report } from './report.ts'
import { countOf, describeFinding, failing, summarise } from './severity.ts'
import { openTrivy } from './trivy.ts'
import { type Accepted, parseVex, vexFile } from './vex.ts'

type Looked = { target: string | undefined; report: Report }

/** Scans the files and the images of a record, which then says so, of images that passed only. Resolves to one line. */
export async function look(record: BuildRecord | undefined, context: Context): Promise<string> {
  const { root } = context
  // What an earlier run found is over: whatever happens below, it must not stand for this one.
  if (record) await updateRecord(context, withoutScans)
  const now = new Date()
  const accepted = await readVex(root, now)
  const vex = accepted.length > 0 ? join(root, vexFile) : undefined
  await using trivy = await openTrivy(context)
  const images = Object.entries(record?.artifacts ?? {}).filter(([, { kind }]) => kind === 'image')
  const database = await prepareDatabase(trivy, context, now)
  const looked: Looked[] = [{ target: undefined, report: await scanFiles({ trivy, root, vex }) }]
  for (const [target, artifact] of images)
    looked.push({ target, report: await scanImage(artifact, { trivy, root, vex }) })
  const lockfile = await readFile(join(root, 'package-lock.json'), 'utf8')
  for (const each of looked) tell(each, lockfile, context)
  const used = tellOfAccepted(accepted, looked, context)
  const left = looked.flatMap(({ report }) => failing(report.findings)).length
  if (left > 0)
    throw new Error(
      `HIGH or CRITICAL: ${left}; upgrade the packages, or say in ${vexFile} why they do no harm and until when`,
    )
  const about = { tool: 'trivy', version: trivy.release, database }
  if (record) await updateRecord(context, now => withScans(now, looked, about, context))
  const what = looked.map(({ target }) => (target ? `image ${target}` : 'files')).join(', ')
  return `${what}; trivy ${trivy.release}, database of ${database}${used.length > 0 ? `; accepted: ${used.join(', ')}` : ''}`
}

async function readVex(root: string, now: Date): Promise<Accepted[]> {
  const file = join(root, vexFile)
  return existsSync(file) ? parseVex(await readFile(file, 'utf8'), now) : []
}

function tell({ target, report }: Looked, lockfile: string, context: Context): void {
  const where = target ? `image ${target}` : 'files'
  context.print(`${where}: ${report.npmPackages} npm packages; known vulnerabilities: ${summarise(report.findings)}`)
  for (const finding of failing(report.findings)) {
    const line = lockfileLine(lockfile, finding.package, finding.version)
    const place = line === undefined ? {} : { file: 'package-lock.json', line }
    annotate(context, { ...place, title: finding.id }, `${where}: ${describeFinding(finding)}`)
  }
}

/** Names what was accepted, and statements that no finding needs; resolves to the ids that were used. */
function tellOfAccepted(accepted: readonly Accepted[], looked: readonly Looked[], { print }: Context): string[] {
  const found = new Set(looked.flatMap(({ report }) => report.accepted.map(({ id }) => id)))
  for (const { id, until, reason } of accepted) {
    if (found.has(id)) print(`accepted until ${until}: ${id}: ${reason}`)
    else
      print(`${vexFile} accepts ${id}, which is not found (any more); take the statement out, or look at its products`)
  }
  const unknown = [...found].filter(id => !accepted.some(each => each.id === id))
  if (unknown.length > 0) throw new Error(`Trivy left out ${unknown.join(', ')}, which ${vexFile} does not accept`)
  return [...found].sort()
}

const withoutScans = (record: BuildRecord): BuildRecord => ({
  ...record,
  artifacts: Object.fromEntries(
    Object.entries(record.artifacts).map(([target, { scan: _, ...artifact }]) => [target, artifact]),
  ),
})

function withScans(
  record: BuildRecord,
  looked: readonly Looked[],
  about: { tool: string; version: string; database: string },
  context: Context,
): BuildRecord {
  const artifacts = { ...record.artifacts }
  for (const { target, report } of looked) {
    const artifact = target && artifacts[target]
    if (!artifact) continue
    // The subject is what Trivy says it read, not what the record says.
    const scan = {
      ...entry(context, report.image ?? ''),
      ...about,
      high: countOf(failing(report.findings), 'HIGH'),
      critical: countOf(failing(report.findings), 'CRITICAL'),
      accepted: [...new Set(report.accepted.map(({ id }) => id))].sort(),
    }
    artifacts[target] = { ...artifact, scan }
  }
  return { ...record, artifacts }
}
