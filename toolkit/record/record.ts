import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import * as v from 'valibot'
import { readGithub } from '../github.ts'
import type { Context } from '../step.ts'
import { type BuildRecord, type Entry, Record } from './schema.ts'

export type { Artifact, BuildRecord, Entry, Source } from './schema.ts'

type Place = Pick<Context, 'root' | 'env'>

/** One file goes along from step to step and says what was found out about which digest. BUILD_RECORD names another. */
export const recordFile = ({ root, env }: Place): string => resolve(root, env.BUILD_RECORD ?? 'out/record.json')

export async function readRecord(context: Place): Promise<BuildRecord> {
  const file = recordFile(context)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(
      `there is no build record ${file}; ./fairlead image-tag begins one, ./fairlead build adds the images`,
    )
  })
  return parseRecord(text, file)
}

export function parseRecord(text: string, file: string): BuildRecord {
  const result = v.safeParse(Record, parseJson(text, file))
  if (result.success) return result.output
  const mistakes = result.issues.map(issue => `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
  throw new Error(`${file} is no build record that this toolkit writes: ${mistakes.join('; ')}`)
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}; begin again with ./fairlead image-tag`, {
      cause: error,
    })
  }
}

/** `change` gets what the file says now, so a step keeps what others wrote. Steps of one record run one after the other. */
export async function updateRecord(context: Place, change: (record: BuildRecord) => BuildRecord): Promise<BuildRecord> {
  const record = change(await readRecord(context))
  await writeRecord(context, record)
  return record
}

/** All or nothing: written beside it, flushed and renamed, so nobody ever reads half of it. */
export async function writeRecord(context: Place, record: BuildRecord): Promise<void> {
  const file = recordFile(context)
  const text = `${JSON.stringify(record, null, 2)}\n`
  parseRecord(text, file) // what we write can be read
  await mkdir(dirname(file), { recursive: true })
  const attempt = join(dirname(file), `.record-${process.pid}.json`)
  try {
    const handle = await open(attempt, 'w', 0o644)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(attempt, file)
  } finally {
    await rm(attempt, { force: true })
  }
}

/** The beginning of an entry: now, by whoever runs this, about `subject`. */
export function entry({ env }: Pick<Context, 'env'>, subject: string): Entry {
  const github = readGithub(env)
  const by = github ? `github:${github.actor} ${github.runUrl}` : `local:${env.USER ?? userName()}@${hostname()}`
  return { at: new Date().toISOString(), by, subject }
}

// A user without an entry in /etc/passwd, as containers have them, has a number only.
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
