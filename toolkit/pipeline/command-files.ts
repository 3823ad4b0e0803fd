import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const kinds = ['ENV', 'OUTPUT', 'PATH', 'STEP_SUMMARY'] as const

export type CommandFiles = {
  env: NodeJS.ProcessEnv
  read(): Promise<{ env: Record<string, string>; outputs: Record<string, string>; paths: string[]; summary: string }>
}

/** The files by which a step tells the runner something; new ones for each step, as GitHub's runner makes them. */
export async function createCommandFiles(folder: string): Promise<CommandFiles> {
  const id = randomUUID()
  const path = (kind: (typeof kinds)[number]) => join(folder, `${kind.toLowerCase()}-${id}`)
  for (const kind of kinds) await writeFile(path(kind), '')
  const text = (kind: (typeof kinds)[number]) => readFile(path(kind), 'utf8')
  return {
    env: Object.fromEntries(kinds.map(kind => [`GITHUB_${kind}`, path(kind)])),
    async read() {
      return {
        env: parseValues(await text('ENV')),
        outputs: parseValues(await text('OUTPUT')),
        paths: (await text('PATH')).split('\n').filter(line => line !== ''),
        summary: await text('STEP_SUMMARY'),
      }
    },
  }
}

/** Lines of `name=value`, or `name<<delimiter`, the lines of the value, and the delimiter. */
export function parseValues(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.split('\n')
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue
    const [, many, delimiter, one, value] = /^(?:([^=<]+)<<(.+)|([^=]+)=(.*))$/.exec(line) ?? []
    if (many !== undefined && delimiter !== undefined) {
      const end = lines.indexOf(delimiter)
      if (end < 0) throw new Error(`invalid value: ${many} has no line "${delimiter}" that ends it`)
      values[many] = lines
        .splice(0, end + 1)
        .slice(0, end)
        .join('\n')
    } else if (one !== undefined && value !== undefined) values[one] = value
    else throw new Error(`invalid format: expected name=value, got "${line}"`)
  }
  return values
}
