import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { RepositoryState, Token } from './state.ts'

const execute = promisify(execFile)
const environment = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  HOME: '/nonexistent',
}

/** Runs git in a bare repository. */
export async function git(repository: string, ...args: string[]): Promise<string> {
  return (await execute('git', ['-C', repository, ...args], { env: environment })).stdout.trim()
}

/** A bare repository at `path` (…/<owner>/<name>.git) whose branch main has these files. Resolves to the path. */
export async function createRepository(path: string, files: Record<string, string>): Promise<string> {
  await mkdir(path, { recursive: true })
  await git(path, 'init', '--quiet', '--bare', '--initial-branch=main')
  const work = await mkdtemp(join(dirname(path), 'work-'))
  await git(work, 'init', '--quiet', '--initial-branch=main')
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(work, file)), { recursive: true })
    await writeFile(join(work, file), text)
  }
  await git(work, 'add', '.')
  await git(work, '-c', 'user.name=Octo', '-c', 'user.email=octo@acme.example', 'commit', '--quiet', '--message=first')
  await git(work, 'push', '--quiet', path, 'main')
  await rm(work, { recursive: true })
  return path
}

/** A file of a branch, to the last byte. */
export async function readBlob(repository: string, branch: string, path: string): Promise<string> {
  return (await execute('git', ['-C', repository, 'cat-file', 'blob', `${branch}:${path}`], { env: environment }))
    .stdout
}

/** The commit that a branch points to. */
export async function branchOf(repository: string, branch: string): Promise<string | undefined> {
  return git(repository, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`).catch(() => undefined)
}

/** Whether `head` has a commit that `base` has not. */
export async function isAhead(repository: string, base: string, head: string): Promise<boolean> {
  return (await git(repository, 'rev-list', '--count', `refs/heads/${base}..refs/heads/${head}`)) !== '0'
}

/** git's smart HTTP protocol, spoken by git itself (git-http-backend, a CGI program). */
export function serveGit(
  request: IncomingMessage,
  response: ServerResponse,
  { repository, token, path }: { repository: RepositoryState; token: Token | undefined; path: string },
): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const isPush = path.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack'
  if (token === undefined && (isPush || repository.private)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Invalid username or token.\n')
    return
  }
  if (isPush && token?.permissions.contents !== 'write') {
    response.writeHead(403).end(`Permission to ${repository.fullName}.git denied to ${token?.login}.\n`)
    return
  }
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: dirname(dirname(repository.git)),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      REQUEST_METHOD: request.method,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      GIT_PROTOCOL: request.headers['git-protocol']?.toString(),
      ...(token && { REMOTE_USER: token.login }),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  request.pipe(backend.stdin)
  backend.stdin.on('error', () => {}) // it may answer before it has read everything
  const chunks: Buffer[] = []
  backend.stdout.on('data', chunk => chunks.push(chunk))
  backend.on('close', () => answer(response, Buffer.concat(chunks)))
}

// A CGI answer: headers, an empty line, the body; Status: among the headers when it is not 200.
function answer(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf('\r\n\r\n')
  if (end < 0) return void response.writeHead(500).end()
  let status = 200
  for (const line of output.subarray(0, end).toString().split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/)
    if (name === 'Status') status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.writeHead(status).end(output.subarray(end + 4))
}
