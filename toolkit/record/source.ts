import { run } from '../exec.ts'
import { isFork, readGithub, readPayload } from '../github.ts'
import type { Context } from '../step.ts'
import type { BuildRecord, Source } from './schema.ts'
import { isRelease } from './tags.ts'

/** What is built: the commit of the checkout, by the event of GitHub Actions or by hand. */
export async function readSource(context: Pick<Context, 'root' | 'env' | 'signal'>): Promise<Source> {
  const commit = await git(['rev-parse', 'HEAD'], context)
  const dirty = (await git(['status', '--porcelain'], context)) !== ''
  const github = readGithub(context.env)
  if (github === undefined) {
    const ref = await git(['rev-parse', '--symbolic-full-name', 'HEAD'], context)
    return { repository: 'local', commit, ref, event: 'local', dirty }
  }
  const { repository, event, ref, sha } = github
  // For a pull request a workflow may choose between its head and the commit that merges it.
  if (event === 'push' && sha !== commit)
    throw new Error(`the event is about ${sha}, and the checkout is at ${commit}; check out the commit of the event`)
  const payload = await readPayload(github)
  const pull = payload.pull_request
  const about = pull ? { pullRequest: pull.number, fork: isFork(payload, repository) } : {}
  return { repository, commit, ref, event, ...about, dirty }
}

/** The tree may have changed since the record was begun; what is built is what is there now. */
export async function currentSource(record: BuildRecord, context: Context): Promise<Source> {
  if (isRelease(record.source))
    throw new Error(`${record.source.ref} builds nothing; ./fairlead gate --from-registry finds what main has built`)
  const now = await readSource(context)
  if (now.commit !== record.source.commit)
    throw new Error(
      `the record is about ${record.source.commit}, and the checkout is at ${now.commit}; begin again with ./fairlead image-tag`,
    )
  return now
}

export async function readCommitTime(commit: string, context: Pick<Context, 'root' | 'env' | 'signal'>): Promise<Date> {
  return new Date(Number(await git(['show', '--no-patch', '--format=%ct', commit], context)) * 1000)
}

async function git(
  args: readonly string[],
  { root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<string> {
  const { code, stdout, stderr } = await run('git', args, { cwd: root, env, signal })
  if (code === 0) return stdout.trim()
  throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr.trim()}; a build record needs a commit`)
}
