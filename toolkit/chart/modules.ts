import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { NoGo } from '../tools/go.ts'

/**
 * The folders of Go modules that third-party/<folder>/go.mod pins, downloaded when they are absent. The go command holds
 * each to its checksum in the go.sum there; a module without one would be believed, so it is refused here.
 */
export async function downloadModules<Path extends string>(
  folder: string,
  paths: readonly Path[],
  { root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<Map<Path, string>> {
  const cwd = join(root, 'third-party', folder)
  const sums = await readFile(join(cwd, 'go.sum'), 'utf8')
  const options = { cwd, env: { ...env, GOWORK: 'off' }, signal }
  const found = new Map<Path, string>()
  for (const path of paths) {
    const { code, stdout, stderr } = await run('go', ['mod', 'download', '-json', path], options).catch(error => {
      throw new NoGo('install Go 1.26 or newer (https://go.dev/dl)', { cause: error })
    })
    if (code !== 0) throw new NoGo(`third-party/${folder}: ${path} cannot be had: ${firstLine(stderr || stdout)}`)
    const { Dir, Version } = JSON.parse(stdout) as { Dir: string; Version: string } // `go help mod download`
    if (!sums.split('\n').some(line => line.startsWith(`${path} ${Version} h1:`)))
      throw new Error(
        `third-party/${folder}/go.sum: expected a checksum of ${path} ${Version}; run go mod download there`,
      )
    found.set(path, Dir)
  }
  return found
}

const firstLine = (text: string) => text.trim().split('\n')[0] ?? ''
