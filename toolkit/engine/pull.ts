import type { Exit } from '../exec.ts'

/** A registry that says nothing for so long counts as one that cannot be reached. */
const SILENCE_MS = 30_000

// What engines say when they asked a registry and it knew the answer: then the reference is wrong, or we may not have it.
const refused =
  /manifest unknown|not found|no such manifest|denied|unauthorized|invalid reference|no matching manifest/i

type Docker = (args: string[], options: { signal: AbortSignal; output: (line: string) => void }) => Promise<Exit>

/**
 * Undefined when the engine has the image, pulling it where it must; else why its registry cannot be reached, as the
 * engine says. Throws when the registry was reached and has no such image for us.
 */
export async function pull(docker: Docker, reference: string, signal: AbortSignal): Promise<string | undefined> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), SILENCE_MS)
  let last = ''
  const heard = (line: string) => {
    last = line.trim() || last
    timer.refresh()
  }
  try {
    const inspected = await docker(['image', 'inspect', '--format', '{{.Id}}', reference], { signal, output: () => {} })
    if (inspected.code === 0) return undefined
    const pulled = await docker(['pull', reference], {
      signal: AbortSignal.any([signal, silence.signal]),
      output: heard,
    })
    if (pulled.code === 0) return undefined
  } finally {
    clearTimeout(timer)
  }
  signal.throwIfAborted()
  if (silence.signal.aborted) return `no answer in ${SILENCE_MS / 1000} s`
  if (refused.test(last) && !/lookup|dial|no such host/i.test(last)) throw new Error(`${reference}: ${last}`)
  return last.replace(/^Error response from daemon: /, '')
}
