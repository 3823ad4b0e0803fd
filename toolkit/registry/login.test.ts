import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createContext } from '../testing/context.ts'
import { createFolder } from '../testing/folder.ts'
import { withLogin } from './login.ts'

const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com'
const login = { REGISTRY_USER: 'robot', REGISTRY_PASSWORD: 's3cr3t-robot' }
const actions = {
  ...{
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF: 'refs/heads/main',
  },
  ...{ GITHUB_SHA: 'a'.repeat(40), GITHUB_ACTOR: 'ann', GITHUB_TOKEN: 's3cr3t-token' },
}

type Auths = Record<string, { auth: string }>

/** Who is logged in where while the work is done, and in which folder that stands. */
async function loggedIn(
  base: string,
  env: NodeJS.ProcessEnv,
): Promise<{ who: Record<string, string>; folder: string; said: string }> {
  const context = createContext({ env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env } })
  let folder = ''
  const auths = await withLogin(context, base, async ({ env }) => {
    folder = env.DOCKER_CONFIG ?? ''
    if (folder === '') return {}
    return (JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as { auths: Auths }).auths
  })
  const who = Object.entries(auths).map(([host, { auth }]) => [host, Buffer.from(auth, 'base64').toString()])
  return { who: Object.fromEntries(who), folder, said: context.lines.join('\n') }
}

test('a login lasts as long as the work, and the password is said nowhere', async () => {
  const { who, folder, said } = await loggedIn('registry.example.com/shop', login)
  assert.deepEqual(who, { 'registry.example.com': 'robot:s3cr3t-robot' })
  assert.equal(existsSync(folder), false)
  assert.equal(said, 'logged in to registry.example.com as robot')
})

test('logins of others are kept, and without credentials nothing is changed', async () => {
  await using folder = await createFolder()
  const other = { auth: Buffer.from('me:s3cr3t-mine').toString('base64') }
  await writeFile(join(folder.path, 'config.json'), JSON.stringify({ auths: { 'other.example.com': other } }))
  const { who } = await loggedIn('registry.example.com/shop', { ...login, DOCKER_CONFIG: folder.path })
  assert.deepEqual(who, { 'other.example.com': 'me:s3cr3t-mine', 'registry.example.com': 'robot:s3cr3t-robot' })
  assert.deepEqual(await loggedIn('registry.example.com/shop', {}), { who: {}, folder: '', said: '' })
})

test('in GitHub Actions its own token opens its own registry, and no other', async () => {
  assert.deepEqual((await loggedIn('ghcr.io/acme/shop', actions)).who, { 'ghcr.io': 'ann:s3cr3t-token' })
  assert.deepEqual((await loggedIn('ghcr.io.example.com/acme/shop', actions)).who, {})
})

test('ECR takes the role that AWS gave the job, whatever user the workflow names', async () => {
  await using folder = await createFolder()
  const program = join(folder.path, 'aws')
  await writeFile(
    program,
    '#!/bin/sh\n[ "$*" = "ecr get-login-password --region eu-central-1" ] && echo s3cr3t-of-aws\n',
  )
  await chmod(program, 0o755)
  const aws = { PATH: `${folder.path}:${process.env.PATH}`, AWS_ACCESS_KEY_ID: 'AKIA' }
  assert.deepEqual((await loggedIn(`${ecr}/shop`, { ...login, ...aws })).who, { [ecr]: 'AWS:s3cr3t-of-aws' })
})

test('a role that may not log in is told so', async () => {
  await using folder = await createFolder()
  await mkdir(join(folder.path, 'bin'))
  await writeFile(join(folder.path, 'bin/aws'), '#!/bin/sh\necho AccessDenied >&2; exit 255\n', { mode: 0o755 })
  const env = { PATH: `${join(folder.path, 'bin')}:${process.env.PATH}`, AWS_ACCESS_KEY_ID: 'AKIA' }
  await assert.rejects(
    loggedIn(`${ecr}/shop`, env),
    /ended with 255: AccessDenied; the role needs ecr:GetAuthorizationToken/,
  )
})
