import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import { lastComplaint, type Trivy } from './trivy.ts'

/** As trivy-db writes it beside the database. */
const Metadata = v.object({ Version: v.number(), UpdatedAt: v.pipe(v.string(), v.isoTimestamp()) })

/** A new one is made every six hours; after three days, one that was not fetched knows nothing of what people talk about. */
const oldestHours = 72

/**
 * Fetches the vulnerability database, unless that of the cache is new, and resolves to when it was made. Without one that is
 * young enough nothing can be found, so that is `not run`. TRIVY_DB_REPOSITORY: another place, such as a mirror.
 */
export async function prepareDatabase(trivy: Trivy, { env }: Pick<Context, 'env'>, now: Date): Promise<string> {
  const places = (env.TRIVY_DB_REPOSITORY ?? '').split(',').filter(place => place !== '')
  const from = places.flatMap(place => ['--db-repository', place])
  // A database that somebody brought here by hand is not replaced (air gap); its age counts all the same.
  const fetched =
    env.TRIVY_SKIP_DB_UPDATE === 'true' ? undefined : await trivy.try(['image', '--download-db-only', ...from])
  const complaint = fetched && fetched.code !== 0 ? lastComplaint(fetched.stderr) : undefined
  const made = await readDate(trivy.cache)
  const why = complaint ? `, and none could be fetched: ${complaint}` : ''
  if (made === undefined) throw new NotRun(`there is no vulnerability database in ${trivy.cache}${why}; ${advice}`)
  const hours = (now.getTime() - made.getTime()) / 3_600_000
  if (hours > oldestHours)
    throw new NotRun(
      `the vulnerability database is of ${made.toISOString()}, older than ${oldestHours} hours${why}; ${advice}`,
    )
  return made.toISOString()
}

const advice = 'TRIVY_DB_REPOSITORY names a mirror, TRIVY_CACHE_DIR a folder that has one'

async function readDate(cache: string): Promise<Date | undefined> {
  const file = join(cache, 'db/metadata.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const { output, success } = v.safeParse(Metadata, JSON.parse(text))
  if (!success) throw new NotRun(`${file} is none of a vulnerability database; remove ${join(cache, 'db')}`)
  if (output.Version !== 2)
    throw new NotRun(`${file} is of a database in format ${output.Version}, and this Trivy reads 2; remove its folder`)
  return new Date(output.UpdatedAt)
}
