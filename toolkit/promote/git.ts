import { run } from '../exec.ts'
import type { Context } from '../step.ts'

export type Remote = {
  /** Such as https://github.com. */
  server: string
  repository: string
  token: string
  /** How messages call the token. */
  tokenName: string
}

export type Author = { name: string; email: string }

/** The account behind GITHUB_TOKEN: with this address GitHub shows its commits as the bot's. */
export const githubActions: Author = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
}

/** Such as "Release Bot <release@acme.example>", as git writes it. */
export function parseAuthor(text: string): Author {
  const [, name, email] = /^([^<>\n]*[^<>\s])\s*<([^<>\s]+@[^<>\s]+)>$/.exec(text.trim()) ?? []
  if (name === undefined || email === undefined)
    throw new Error(`PROMOTE_AUTHOR: expected "Name <address>", got "${text}"`)
  return { name, email }
}

export type Checkout = {
  folder: string
  /** The branch that was cloned: the default one of the repository. */
  base: string
  /** Resolves to what git prints; any exit code but 0 is an error. */
  git(...args: string[]): Promise<string>
}

/** The newest commit of the default branch, in a folder that must be empty. */
export async function cloneShallow(
  remote: Remote,
  folder: string,
  author: Author,
  context: Context,
): Promise<Checkout> {
  const url = `${remote.server}/${remote.repository}.git`
  const env = gitEnvironment(context.env, remote, author)
  const git = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('git', args, { cwd: folder, env, signal: context.signal })
    context.signal.throwIfAborted()
    if (code !== 0) throw new Error(explain(args[0] ?? '', stderr.trim(), remote))
    return stdout.trim()
  }
  await git('clone', '--quiet', '--depth=1', '--no-tags', '--', url, '.')
  return { folder, base: await git('symbolic-ref', '--short', 'HEAD'), git }
}

/**
 * The token goes as a header of this process's own configuration: it is in no URL, argument, file or log. What the machine
 * has configured (helpers that would keep it, hooks that would see it, traces that would print it) is left out.
 */
function gitEnvironment(env: NodeJS.ProcessEnv, { server, token }: Remote, author: Author): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_SSL_'))
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  const settings = {
    [`http.${server}/.extraheader`]: `Authorization: Basic ${basic}`,
    'http.followRedirects': 'initial', // a renamed repository answers the first request from its new place
    'credential.helper': '',
    'core.hooksPath': '/dev/null',
    'core.autocrlf': 'false', // the bytes of a file are nobody's business
    'commit.gpgSign': 'false',
  }
  const config = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ])
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(config),
    GIT_CONFIG_COUNT: String(Object.keys(settings).length),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '', // nobody is asked
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    LC_ALL: 'C.UTF-8', // the messages below are matched
  }
}

function explain(command: string, stderr: string, { repository, tokenName }: Remote): string {
  const said = stderr.split('\n').slice(-3).join(' ').slice(0, 500)
  const failed = `git ${command} in ${repository} failed`
  if (/Authentication failed|Invalid username|could not read Username|error: 401/.test(stderr))
    return `${failed}: ${tokenName} is not valid there; it takes contents: write on ${repository}`
  if (/denied to|error: 403/.test(stderr))
    return `${failed}: ${tokenName} may not write there; give it contents: write on ${repository} (${said})`
  if (/not found|error: 404/i.test(stderr))
    return `${failed}: the repository does not exist, or ${tokenName} may not see it; it takes contents: write (${said})`
  if (/stale info|fetch first|non-fast-forward/.test(stderr))
    return `${failed}: somebody else moved the branch meanwhile; run the step again (${said})`
  return `${failed}: ${said}`
}
