import { existsSync, globSync } from 'node:fs'
import { cp, mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { run } from '../exec.ts'
import type { Event, Machine } from './machine.ts'

export type Call = {
  inputs: Record<string, string>
  event: Event
  machine: Machine
  workspace: string
  /** The files that jobs hand to each other. */
  artifacts: string
  token: string
  permissions: Record<string, string>
  env: NodeJS.ProcessEnv
}

type Done = { says: string; outputs?: Record<string, string>; paths?: string[] }

/** What other people's actions do, as far as these workflows need it. Any other is an error. */
export const foreignActions: Record<string, (call: Call) => Promise<Done>> = {
  'actions/checkout': checkOut,
  'actions/setup-node': findNode,
  'actions/setup-go': async ({ inputs, workspace }) => {
    need(workspace, inputs['go-version-file'])
    return { says: "the machine's own Go" }
  },
  'actions/cache/restore': async ({ inputs }) => ({
    says: `nothing is saved as ${inputs.key}; the tools of this machine serve`,
    outputs: { 'cache-hit': 'false', 'cache-primary-key': inputs.key ?? '' },
  }),
  'actions/cache/save': async ({ inputs }) => ({ says: `would save ${inputs.path} as ${inputs.key}` }),
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
  'aws-actions/configure-aws-credentials': async ({ inputs, permissions }) => {
    if (permissions['id-token'] !== 'write') throw new Error('a role needs `id-token: write`')
    return { says: `would assume ${inputs['role-to-assume']} in ${inputs['aws-region']}` }
  },
}

async function checkOut({ inputs, event, machine, workspace, token, permissions, env }: Call): Promise<Done> {
  if (inputs['persist-credentials'] !== 'false') throw new Error('persist-credentials: false is missing')
  if (permissions.contents === undefined) throw new Error('a job that clones needs `contents: read`')
  const credential = Buffer.from(`x-access-token:${token}`).toString('base64')
  const given = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credential}`,
  }
  const git = async (...args: string[]) => {
    const ended = await run('git', args, { cwd: workspace, env: { ...env, ...given }, signal: machine.signal })
    if (ended.code !== 0) throw new Error(`git ${args[0]} ended with ${ended.code}: ${ended.stderr.trim()}`)
  }
  const all = inputs['fetch-depth'] === '0'
  const wanted = inputs.ref ?? event.sha
  const history = all ? ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'] : []
  await git('init', '--quiet', '--initial-branch=checkout')
  await git('remote', 'add', 'origin', machine.remote)
  await git('fetch', '--quiet', '--no-tags', ...(all ? [] : ['--depth=1']), 'origin', wanted, ...history)
  await git('checkout', '--quiet', '--detach', 'FETCH_HEAD')
  return { says: `${wanted}${all ? ' with all history' : ''}` }
}

async function findNode({ inputs, workspace }: Call): Promise<Done> {
  need(workspace, inputs['node-version-file'])
  if (inputs['package-manager-cache'] !== 'false') throw new Error('package-manager-cache: false is missing')
  return { says: process.version, paths: [dirname(process.execPath)] }
}

function need(workspace: string, file = ''): void {
  if (file === '' || !existsSync(join(workspace, file))) throw new Error(`there is no file "${file}"`)
}

/** As GitHub's: a folder's contents without it, a file by its name; nothing that begins with a dot. */
async function upload({ inputs, workspace, artifacts }: Call): Promise<Done> {
  const { name = 'artifact', path = '' } = inputs
  const to = join(artifacts, name)
  if (existsSync(to)) throw new Error(`an artifact "${name}" is there already`)
  const found = globSync(path, { cwd: workspace })
  if (found.length === 0 && inputs['if-no-files-found'] === 'error') throw new Error(`no file is found at ${path}`)
  for (const each of found) {
    const from = join(workspace, each)
    const target = (await stat(from)).isDirectory() ? to : join(to, basename(each))
    await cp(from, target, { recursive: true, filter: file => file === from || !basename(file).startsWith('.') })
  }
  return { says: `${found.join(', ') || 'nothing'} as ${name}` }
}

async function download({ inputs, workspace, artifacts }: Call): Promise<Done> {
  const { name = '', path = '.' } = inputs
  if (!existsSync(join(artifacts, name))) throw new Error(`there is no artifact "${name}"`)
  await cp(join(artifacts, name), join(workspace, path), { recursive: true })
  return { says: `${name} to ${path}` }
}

/** What a job is given in place of `npm ci`: the packages that are there, by a link that git does not see. */
export async function linkPackages(root: string, workspace: string): Promise<void> {
  await symlink(join(root, 'node_modules'), join(workspace, 'node_modules'))
  await mkdir(join(workspace, '.git/info'), { recursive: true })
  await writeFile(join(workspace, '.git/info/exclude'), '/node_modules\n')
}
