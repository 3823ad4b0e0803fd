import { run } from '../exec.ts'
import type { Context } from '../step.ts'

/** Said wherever a tool has to be built and cannot. */
export class NoGo extends Error {
  override name = 'NoGo'
}

export type Go = {
  /** Compiler and platform, such as "go1.26.8 linux/amd64": another one makes another tool. */
  version: string
  /** Calls `onLine` with each line that the go command prints; resolves to its exit code. */
  build(args: readonly string[], onLine: (line: string) => void): Promise<number>
}

// The compiler collects its garbage less often, up to a size that any machine has: a fifth less time in all.
const fewCollections = { GOGC: '400', GOMEMLIMIT: '2GiB' }

/** The go command, as it is in a folder: the go.mod there may ask for a newer one. */
export async function findGo(folder: string, { env, signal }: Pick<Context, 'env' | 'signal'>): Promise<Go> {
  // A go.work above the checkout, or a go.mod that is changed in passing, would build something else than what is pinned.
  const options = { cwd: folder, env: { ...fewCollections, ...env, CGO_ENABLED: '0', GOWORK: 'off' }, signal }
  const asked = await run('go', ['version'], options).catch((error: Error) => {
    throw new NoGo('install Go 1.26 or newer (https://go.dev/dl)', { cause: error })
  })
  const version = /^go version (go\S+ \S+)$/m.exec(asked.stdout)?.[1]
  if (asked.code !== 0 || version === undefined)
    throw new NoGo(`install a newer Go (https://go.dev/dl): ${asked.stderr.trim() || asked.stdout.trim()}`)
  return {
    version,
    async build(args, onLine) {
      const ended = await run('go', ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', '-v', ...args], {
        ...options,
        output: onLine,
      })
      signal.throwIfAborted()
      return ended.code
    },
  }
}
