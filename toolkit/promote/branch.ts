import type { Author, Checkout } from './git.ts'

/**
 * Makes the branch on the remote be one commit on top of the base with what lies changed in the folder. A branch that says the
 * same stays as it is; one that holds somebody else's commit is refused; ours on an older base is replaced.
 */
export async function pushBranch(
  { git, base }: Checkout,
  branch: string,
  { paths, message, author }: { paths: string[]; message: string; author: Author },
): Promise<'pushed' | 'updated' | 'unchanged'> {
  const start = await git('rev-parse', 'HEAD')
  await git('switch', '--quiet', '--create', branch)
  await git('add', '--', ...paths)
  await git('commit', '--quiet', '--no-verify', `--message=${message}`)
  const ref = `refs/heads/${branch}`
  const [there = ''] = (await git('ls-remote', 'origin', ref)).split(/\s/)
  if (there === '') {
    await git('push', '--quiet', 'origin', `HEAD:${ref}`)
    return 'pushed'
  }
  await git('fetch', '--quiet', '--depth=2', 'origin', ref)
  const [tree, email, ...parents] = (await git('log', '-1', '--format=%T%n%ae%n%P', there)).split(/\s+/)
  const isSame = tree === (await git('rev-parse', 'HEAD^{tree}')) && parents.includes(start)
  if (isSame) return 'unchanged'
  if (email !== author.email) {
    const advice = `merge it into ${base}, or delete it, and run the step again`
    throw new Error(`the branch ${branch} has a commit of ${email}, which is not ours to overwrite: ${advice}`)
  }
  await git('push', '--quiet', `--force-with-lease=${ref}:${there}`, 'origin', `HEAD:${ref}`)
  return 'updated'
}
