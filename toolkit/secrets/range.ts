import { run } from '../exec.ts'
import { type Github, type Payload, readGithub, readPayload } from '../github.ts'
import { NotRun } from '../not-run.ts'
import type { Context } from '../step.ts'

/** The commits that HEAD has and `base` has not; without `base` the whole history. */
export type Range = { what: string; base?: string }

const everything: Range = { what: 'every commit' }

/** Whose commits are looked at: those that somebody adds now. */
export async function findRange(all: boolean, context: Context): Promise<Range> {
  const asked = await git(['rev-parse', '--is-shallow-repository'], context)
  if (asked === undefined) throw new NotRun('git knows no history here; clone the repository')
  if (asked === 'true')
    throw new NotRun('the history is cut off here; clone all of it (actions/checkout: fetch-depth: 0)')
  if (all) return everything
  const github = readGithub(context.env)
  if (!github) return rangeOnLaptop(context)
  const range = rangeOfEvent(github, await readPayload(github))
  // After a forced push the old commit may be gone.
  return range.base === undefined || (await isHere(range.base, context)) ? range : everything
}

export function rangeOfEvent({ event }: Pick<Github, 'event'>, { pull_request, before }: Payload): Range {
  if (pull_request?.base)
    return { what: `the commits of pull request ${pull_request.number}`, base: sha(pull_request.base.sha) }
  if (event === 'push' && before !== undefined && !/^0+$/.test(before))
    return { what: 'the commits of this push', base: sha(before) }
  return everything
}

// It becomes a part of git's command line.
function sha(text: string): string {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text))
    throw new Error(`payload of the event: expected a commit, got "${text}"`)
  return text
}

async function rangeOnLaptop(context: Context): Promise<Range> {
  for (const trunk of ['origin/HEAD', 'origin/main', 'main']) {
    const base = await git(['merge-base', 'HEAD', trunk], context)
    if (base) return { what: `the commits that ${trunk} has not`, base }
  }
  return everything
}

const isHere = async (commit: string, context: Context) =>
  (await git(['cat-file', '-e', `${commit}^{commit}`], context)) !== undefined

/** Undefined where git says no. */
async function git(args: string[], { root, env, signal }: Context): Promise<string | undefined> {
  const ended = await run('git', args, { cwd: root, env, signal }).catch(() => undefined) // there is no git
  return ended?.code === 0 ? ended.stdout.trim() : undefined
}
