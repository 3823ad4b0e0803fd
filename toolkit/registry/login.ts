import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { isActions, setVariable } from '../github.ts'
import type { Context } from '../step.ts'
import { registryOf } from './reference.ts'

/**
 * Logs in to the registry of `base` as REGISTRY_USER with REGISTRY_PASSWORD, or to ECR as the role that AWS gave the job, for
 * as long as `work` runs. In GitHub Actions it lasts as long as the job: its later steps are logged in and see no password.
 * Without any credentials `work` has whatever `docker login` has left.
 */
export async function withLogin<T>(context: Context, base: string, work: (context: Context) => Promise<T>): Promise<T> {
  const registry = registryOf(base)
  const credentials = await findCredentials(registry, context)
  if (credentials === undefined) return work(context)
  const stays = isActions(context.env) ? context.env.RUNNER_TEMP : undefined
  const folder = stays ? join(stays, 'fairlead-login') : await mkdtemp(join(tmpdir(), 'fairlead-login-'))
  try {
    await writeConfig(folder, registry, credentials, context)
    if (stays) await setVariable(context, 'DOCKER_CONFIG', folder)
    context.print(`logged in to ${registry} as ${credentials.user}`)
    return await work({ ...context, env: { ...context.env, DOCKER_CONFIG: folder } })
  } finally {
    if (!stays) await rm(folder, { recursive: true, force: true })
  }
}

type Credentials = { user: string; password: string }

async function findCredentials(registry: string, context: Context): Promise<Credentials | undefined> {
  const {
    REGISTRY_USER: user,
    REGISTRY_PASSWORD: password,
    AWS_ACCESS_KEY_ID,
    GITHUB_TOKEN,
    GITHUB_ACTOR,
  } = context.env
  // First, because a workflow gives its own user and token where nobody has set others, and ECR knows neither.
  const region = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(registry)?.[1]
  if (region !== undefined && AWS_ACCESS_KEY_ID !== undefined)
    return { user: 'AWS', password: await askAws(region, context) }
  if (user !== undefined && password !== undefined) return { user, password }
  if (user !== undefined || password !== undefined)
    throw new Error(
      `REGISTRY_USER and REGISTRY_PASSWORD go together: REGISTRY_${user ? 'PASSWORD' : 'USER'} is not set`,
    )
  if (registry === 'ghcr.io' && isActions(context.env) && GITHUB_TOKEN)
    return { user: GITHUB_ACTOR ?? 'github', password: GITHUB_TOKEN }
  return undefined
}

async function askAws(region: string, { root, env, signal }: Context): Promise<string> {
  const args = ['ecr', 'get-login-password', '--region', region]
  const { code, stdout, stderr } = await run('aws', args, { cwd: root, env, signal })
  if (code === 0) return stdout.trim()
  throw new Error(
    `aws ecr get-login-password ended with ${code}: ${stderr.trim()}; the role needs ecr:GetAuthorizationToken`,
  )
}

/** The file that `docker login` writes, with the logins that were there before; those of a helper program are not ours to copy. */
async function writeConfig(
  folder: string,
  registry: string,
  { user, password }: Credentials,
  { env }: Pick<Context, 'env'>,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const before = await readAuths(join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'config.json'))
  const file = join(folder, 'config.json')
  const auth = Buffer.from(`${user}:${password}`).toString('base64')
  await writeFile(file, JSON.stringify({ auths: { ...before, [registry]: { auth } } }), { mode: 0o600 })
  await chmod(file, 0o600) // it may have been there with another mode
}

async function readAuths(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}'
    throw error
  })
  return (JSON.parse(text) as { auths?: Record<string, unknown> }).auths ?? {} // Docker's own format
}
