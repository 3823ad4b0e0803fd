import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from '../../exec.ts'
import type { Event } from '../../pipeline/machine.ts'
import type { Context } from '../../step.ts'
import { listFiles } from '../../tree/list-files.ts'

export type Remote = {
  /** The bare repository, as <folder>/<owner>/<name>.git. */
  path: string
  /** A checkout of the newest commit that was made. */
  work: string
  /** A commit on top of main (or of another), not yet anywhere but here. */
  commit(message: string, files: Record<string, string>, onto?: string): Promise<string>
  /** Makes it main's. */
  push(commit: string): Promise<Event>
  tag(name: string, commit: string): Promise<Event>
  /** What GitHub makes of a branch that somebody proposes: the commit that would merge it. */
  propose(number: number, commit: string, from?: string): Promise<Event>
  git(...args: string[]): Promise<string>
}

/** `prepare` changes what the scene needs otherwise, before anything is committed. */
type Asked = { folder: string; repository: string; prepare(work: string): Promise<void> }

/** This tree as the first commit of a repository of its own. */
export async function createRemote({ folder, repository, prepare }: Asked, context: Context): Promise<Remote> {
  const { root, env, signal } = context
  const [path, work] = [join(folder, `${repository}.git`), join(folder, 'checkout')]
  const given = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  const run1 = async (cwd: string, ...args: string[]) => {
    const author = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org']
    const { code, stdout, stderr } = await run('git', [...author, ...args], { cwd, env: { ...env, ...given }, signal })
    if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}: ${stderr.trim()}`)
    return stdout.trim()
  }
  const git = (...args: string[]) => run1(work, ...args)
  await mkdir(path, { recursive: true })
  await mkdir(work)
  await run1(path, 'init', '--quiet', '--bare', '--initial-branch=main')
  await run1(path, 'config', 'uploadpack.allowAnySHA1InWant', 'true') // as GitHub does
  await git('init', '--quiet', '--initial-branch=main')
  await git('remote', 'add', 'origin', path)
  for (const file of await listFiles(root)) await cp(join(root, file), join(work, file))
  await prepare(work)
  await git('add', '--all')
  await git('commit', '--quiet', '--message=Everything')
  await git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')

  const payload = {
    repository: { full_name: repository, private: false, visibility: 'public', owner: { type: 'Organization' } },
  }
  const event = { actor: 'somebody', payload }
  return {
    path,
    work,
    git,
    async commit(message, files, onto = 'origin/main') {
      await git('fetch', '--quiet', 'origin')
      await git('checkout', '--quiet', '--detach', onto)
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(work, file)), { recursive: true })
        await writeFile(join(work, file), text)
      }
      await git('add', '--all')
      await git('commit', '--quiet', `--message=${message}`)
      return git('rev-parse', 'HEAD')
    },
    async push(sha) {
      const before = await git('ls-remote', 'origin', 'refs/heads/main')
      await git('push', '--quiet', 'origin', `${sha}:refs/heads/main`)
      const ref = 'refs/heads/main'
      return { ...event, name: 'push', ref, sha, payload: { ...payload, ref, before: before.slice(0, 40), after: sha } }
    },
    async tag(name, sha) {
      const ref = `refs/tags/${name}`
      await git('push', '--quiet', 'origin', `${sha}:${ref}`)
      return { ...event, name: 'push', ref, sha, payload: { ...payload, ref, before: '0'.repeat(40), after: sha } }
    },
    async propose(number, head, from = repository) {
      await git('fetch', '--quiet', 'origin')
      const base = await git('rev-parse', 'origin/main')
      await git('checkout', '--quiet', '--detach', base)
      await git('merge', '--quiet', '--no-ff', `--message=Merge ${head} into ${base}`, head)
      const sha = await git('rev-parse', 'HEAD')
      const ref = `refs/pull/${number}/merge`
      await git('push', '--quiet', '--force', 'origin', `${sha}:${ref}`, `${head}:refs/pull/${number}/head`)
      const sides = {
        head: { ref: `change-${number}`, sha: head, repo: { full_name: from, fork: from !== repository } },
        base: { ref: 'main', sha: base, repo: { full_name: repository } },
      }
      const pull_request = { number, ...sides, labels: [], user: { login: 'somebody' } }
      return {
        ...event,
        name: 'pull_request',
        ref,
        sha,
        payload: { ...payload, action: 'opened', number, pull_request },
      }
    },
  }
}
