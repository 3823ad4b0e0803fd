import { join } from 'node:path'
import { type Exit, run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { prepareTool, toolCache } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'
import { trivyEnvironment } from './environment.ts'

/** Trivy in an empty folder of its own: a trivy.yaml or .trivyignore in the tree would change, unseen, what it finds. */
export type Trivy = AsyncDisposable & {
  release: string
  /** Where it works; a path below it may be given by its name. */
  folder: string
  /** Of the vulnerability database; kept between runs. */
  cache: string
  /** Resolves to what it prints; throws what it complains about. */
  run(args: readonly string[]): Promise<string>
  /** Any exit code. */
  try(args: readonly string[]): Promise<Exit>
}

/** Trivy asks no server whether it is the newest, and reports to none. */
const quiet = ['--quiet', '--skip-version-check', '--disable-telemetry']

/** Throws NoGo where it would have to be built and cannot. TRIVY_CACHE_DIR: where the database is. */
export async function openTrivy(context: Context): Promise<Trivy> {
  const { path, release } = await prepareTool(pinOf('trivy'), context)
  const { env, signal } = context
  const temporary = await temporaryFolder('trivy-')
  const { path: folder } = temporary
  const cache = env.TRIVY_CACHE_DIR ?? join(toolCache(env), '../trivy')
  const attempt = (args: readonly string[]) =>
    run(path, [...args, ...quiet, '--cache-dir', cache], { cwd: folder, env: trivyEnvironment(env, folder), signal })
  return {
    release,
    folder,
    cache,
    try: attempt,
    async run(args) {
      const { code, stdout, stderr } = await attempt(args)
      if (code === 0) return stdout
      signal.throwIfAborted()
      throw new Error(`trivy ${args[0]} ended with ${code}: ${lastComplaint(stderr)}`)
    },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  }
}

/** Its errors are `<time> FATAL <what> <why>: <why of that>: …`, often over several lines, after others that say less. */
export function lastComplaint(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '')
  const fatal = lines.findLastIndex(line => /\t(FATAL|ERROR)\t/.test(line))
  const said = lines.slice(fatal).join(' ') || 'no reason given' // without an error, -1: the last line
  return said
    .replace(/^\S+\t(FATAL|ERROR)\t/, '')
    .replace(/\s+/g, ' ')
    .trim()
}
