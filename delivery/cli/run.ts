import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { nearest } from '../../lib/nearest.ts'
import { ApiError, createClient } from './client.ts'
import { commands } from './commands.ts'

/** Exit code 2: the command line is wrong. */
class WrongUse extends Error {
  override name = 'WrongUse'
}

type Io = { env: NodeJS.ProcessEnv; print: (line: string) => void; printError: (line: string) => void }

/** Runs one command against the API; resolves to the exit code: 0, 1 (refused, no answer), 2 (wrong use). */
export async function runCli(args: string[], io: Io): Promise<number> {
  try {
    const [name = 'help', ...rest] = args
    if (['help', '--help', '-h'].includes(name) || rest.includes('--help') || rest.includes('-h')) {
      for (const line of help()) io.print(line)
      return 0
    }
    return await runCommand(name, rest, io)
  } catch (error) {
    if (!(error instanceof WrongUse || error instanceof ApiError)) throw error
    io.printError(`messages: ${error.message}${error instanceof WrongUse ? '; see --help' : ''}`)
    return error instanceof WrongUse ? 2 : 1
  }
}

async function runCommand(name: string, args: string[], { env, print }: Io): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const right = nearest(name, Object.keys(commands))
    throw new WrongUse(`there is no command "${name}"${right ? `; did you mean ${right}?` : ''}`)
  }
  const { values, positionals } = parse(args, command.options)
  const [positional = '', ...more] = positionals
  if (more.length > 0 || positionals.length > command.positionals) throw new WrongUse(`expected ${command.usage}`)
  const needsOne = command.positionals === 1 && !/\||\[/.test(command.usage)
  if (needsOne && positional === '') throw new WrongUse(`expected ${command.usage}`)
  const { lines, data } = await command.run(
    createClient(urlOf(values.url, env), tokenOf(values['token-file'], env)),
    values,
    positional,
  )
  for (const line of values.json === true ? [JSON.stringify(data, undefined, 2)] : lines) print(line)
  return 0
}

const flags = ['json', 'all']

function parse(args: string[], options: readonly string[]) {
  const all = ['url', 'token-file', 'json', ...options]
  const types = Object.fromEntries(
    all.map(each => [each, { type: flags.includes(each) ? 'boolean' : 'string' } as const]),
  )
  try {
    return parseArgs({ args, options: types, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const given = /'--([\w-]+)/.exec(message)?.[1]
    const right = given === undefined || all.includes(given) ? undefined : nearest(given, all)
    throw new WrongUse(
      right ? `unknown option --${given}; did you mean --${right}?` : (message.split(/\. /)[0] ?? message),
      { cause: error },
    )
  }
}

function urlOf(given: string | boolean | undefined, env: NodeJS.ProcessEnv): string {
  const url = typeof given === 'string' ? given : `http://127.0.0.1:${env.PORT?.trim() || '8080'}`
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new WrongUse('--url: expected an http:// or https:// address')
  return url
}

/** From --token-file, DELIVERY_API_TOKEN_FILE or DELIVERY_API_TOKEN; never from the command line, which every user can see. */
function tokenOf(given: string | boolean | undefined, env: NodeJS.ProcessEnv): string {
  const file = typeof given === 'string' ? given : env.DELIVERY_API_TOKEN_FILE
  if (file === undefined || file === '') {
    const token = env.DELIVERY_API_TOKEN?.trim()
    if (token) return token
    throw new WrongUse('the token is missing: set DELIVERY_API_TOKEN or give --token-file')
  }
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new WrongUse(`cannot read the token file "${file}" (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

const help = () => [
  'Usage: messages <command> [options]',
  '',
  ...Object.values(commands).flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`]),
  '',
  '  --url <address>       where the delivery plane is; default http://127.0.0.1:$PORT',
  '  --token-file <file>   holds DELIVERY_API_TOKEN; default the variable, or DELIVERY_API_TOKEN_FILE',
  '  --json                what the API answered, instead of a table',
  '',
  'Times are in UTC. States: pending, leased, parked, delivered, dead, discarded; for list also unmatched: no rule chose',
  'the message, so it is told to nobody, and show says why.',
]
