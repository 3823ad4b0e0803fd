import { dirname } from 'node:path'
import type { Context } from '../step.ts'

const checkout = dirname(dirname(import.meta.dirname))

/** What cli.ts hands to a step, with the lines that the step printed. */
export function createContext(given: Partial<Context> = {}): Context & { lines: string[] } {
  const lines: string[] = []
  const { signal } = new AbortController()
  // What GitHub Actions says is the test's to decide, on a runner of GitHub, too.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GITHUB|RUNNER)_/.test(name)))
  return { root: checkout, env, signal, hurry: signal, print: line => void lines.push(line), ...given, lines }
}
