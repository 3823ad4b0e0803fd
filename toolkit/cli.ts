import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { nearest } from '../lib/nearest.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { npmSteps, steps } from './steps.ts'

const root = dirname(import.meta.dirname)
const print = (line: string) => void process.stdout.write(`${line}\n`)
const all = { ...steps, ...npmSteps }

async function main([first, ...rest]: string[]): Promise<number> {
  if (first === undefined || first === 'help' || isHelp(first)) return help(rest[0])
  const step = await find(first)
  if (rest.some(isHelp)) return help(first)
  return step.run(rest, createContext(step))
}

const isHelp = (word: string) => word === '--help' || word === '-h'

async function find(name: string): Promise<Step> {
  const load = Object.hasOwn(all, name) ? all[name] : undefined
  if (load) return load()
  const right = nearest(name, Object.keys(all))
  throw new UsageError(`there is no step "${name}"${right ? `; did you mean ${right}?` : ''}`)
}

async function help(name: string | undefined): Promise<number> {
  if (name !== undefined) {
    const step = await find(name)
    print(`${step.summary}\n\n${step.help}`)
    return 0
  }
  print('Usage: ./fairlead <step> [options]\n       ./fairlead <step> --help\n')
  for (const load of Object.values(steps)) print(line(await load()))
  print('\nThrough npm:\n')
  for (const load of Object.values(npmSteps)) print(line(await load()))
  return 0
}

const line = ({ name, summary }: Step) => `  ${name.padEnd(16)}${summary}`

function createContext(step: Step): Context {
  const stop = new AbortController()
  const hurry = new AbortController()
  let firstAt = 0
  const onSignal = (name: string) => {
    firstAt ||= performance.now()
    stop.abort(new Stopped(`stopped by ${name}`))
    // Ctrl-C in a terminal reaches us twice within milliseconds, from the terminal and from npm.
    if (performance.now() - firstAt > 1000) hurry.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, onSignal)
  // A terminal that is closed takes our output with it (EIO), and the step still has to end in good order.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => stop.abort(new Stopped('the output is closed')))
  return { root, env: environment(step), signal: stop.signal, hurry: hurry.signal, print }
}

// An empty variable is an absent one, in the environment and in .env alike.
function environment(step: Step): NodeJS.ProcessEnv {
  const given = withoutEmpty(process.env)
  const file = step.readsDotEnv ? withoutEmpty(parseEnv(readDotEnv())) : {}
  // FOO_FILE is another way to say FOO: whichever of the two the environment has hides both in the file.
  const hidden = (name: string) =>
    [name, `${name}_FILE`, name.replace(/_FILE$/, '')].some(other => given[other] !== undefined)
  const added = Object.entries(file).filter(([name]) => !hidden(name))
  return { ...Object.fromEntries(added), ...given }
}

const withoutEmpty = (env: NodeJS.Dict<string>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))

function readDotEnv(): string {
  try {
    return readFileSync(join(root, '.env'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new Error(`.env cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

// The reason of the signal that every step gets: nobody needs to be told what they asked for.
class Stopped extends Error {}

function report(error: unknown): number {
  if (error instanceof Stopped) return 130
  const wrongUse = error instanceof UsageError
  const message = error instanceof Error ? error.message : String(error)
  const isIncomplete = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
  const advice = wrongUse ? '; see `./fairlead --help`' : isIncomplete ? '; has `npm ci` run to its end?' : ''
  process.stderr.write(`fairlead: ${message}${advice}\n`)
  if (process.env.LOG_LEVEL === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return wrongUse ? 2 : 1
}

process.exitCode = await main(process.argv.slice(2)).catch(report)
