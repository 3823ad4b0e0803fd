import { randomUUID } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import type { Context } from './step.ts'

/** What GitHub Actions tells a step by its environment (docs: "Default environment variables"). */
export type Github = {
  event: string
  ref: string
  /** Of the event: for a pull request the commit that merges it into its base. */
  sha: string
  repository: string
  actor: string
  server: string
  apiUrl: string
  runUrl: string
  /** Path of the event's payload. */
  payload: string
}

/** What we read of the payload of an event. */
export type Payload = {
  pull_request?: { number: number; head: { sha: string; repo: { full_name: string } | null }; base?: { sha: string } }
  /** The commit that a pushed branch was at before; zeros when the branch is new. */
  before?: string
  head_commit?: { message: string } | null
  repository?: { visibility?: string; private?: boolean; owner?: { type?: string } }
}

type Place = { level?: 'error' | 'warning' | 'notice'; file?: string; line?: number; title?: string }

export const isActions = (env: NodeJS.ProcessEnv): boolean => env.GITHUB_ACTIONS === 'true'

/** Undefined outside GitHub Actions. */
export function readGithub(env: NodeJS.ProcessEnv): Github | undefined {
  if (!isActions(env)) return undefined
  const need = (name: string) => {
    const value = env[name]
    if (value === undefined) throw new Error(`${name}: GitHub Actions sets it, and it is not set`)
    return value
  }
  const server = env.GITHUB_SERVER_URL ?? 'https://github.com'
  const repository = need('GITHUB_REPOSITORY')
  return {
    event: need('GITHUB_EVENT_NAME'),
    ref: need('GITHUB_REF'),
    sha: need('GITHUB_SHA'),
    repository,
    actor: env.GITHUB_ACTOR ?? 'unknown',
    server,
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
    runUrl: `${server}/${repository}/actions/runs/${env.GITHUB_RUN_ID ?? '0'}`,
    payload: env.GITHUB_EVENT_PATH ?? '',
  }
}

export async function readPayload({ payload }: Pick<Github, 'payload'>): Promise<Payload> {
  if (payload === '') return {}
  return JSON.parse(await readFile(payload, 'utf8')) as Payload // GitHub's own format, of which each field is optional here
}

/** A pull request from a fork (or from one that is gone) runs with a token that may only read. */
export const isFork = ({ pull_request }: Payload, repository: string): boolean =>
  pull_request !== undefined && pull_request.head.repo?.full_name !== repository

/** For later steps of the workflow, as steps.<id>.outputs.<name>. */
export async function setOutput(context: Pick<Context, 'env'>, name: string, value: string): Promise<void> {
  await appendBlock(context.env.GITHUB_OUTPUT, name, value)
}

/** For the environment of every later step of the job. Never a secret: steps that are not ours would see it. */
export async function setVariable(context: Pick<Context, 'env'>, name: string, value: string): Promise<void> {
  await appendBlock(context.env.GITHUB_ENV, name, value)
}

/** Nobody can guess the delimiter, so no value can end its own block and begin another. */
async function appendBlock(file: string | undefined, name: string, value: string): Promise<void> {
  if (file === undefined) return
  const delimiter = `end-${randomUUID()}`
  await appendFile(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`)
}

/** Adds a paragraph to the summary of the job. */
export async function addSummary({ env }: Pick<Context, 'env'>, markdown: string): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, `${markdown}\n`)
}

export const escapeMarkdown = (text: string): string =>
  text
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', '<br>')

/** Shown on a line of the pull request; on a laptop it is printed as compilers do. */
export function annotate(
  { env, print }: Pick<Context, 'env' | 'print'>,
  { level = 'error', file, line, title }: Place,
  message: string,
): void {
  if (!isActions(env)) {
    const where = file === undefined ? '' : line === undefined ? `${file}: ` : `${file}:${line}: `
    print(`${where}${message}`)
    return
  }
  const properties = Object.entries({ file, line, title }).filter(([, value]) => value !== undefined)
  const text = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')
  print(`::${level}${text === '' ? '' : ` ${text}`}::${escapeData(message)}`)
}

// The escapes of workflow commands (actions/toolkit, packages/core, command).
const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
