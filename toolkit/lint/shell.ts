import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../step.ts'
import { listFiles } from '../tree/list-files.ts'
import { ask } from './ask.ts'
import type { Finding } from './finding.ts'

/** By name or by their first line. */
export async function findScripts(root: string): Promise<string[]> {
  const scripts: string[] = []
  for (const file of await listFiles(root)) {
    if (file.endsWith('.sh') || /^#!.*\b(ba)?sh\b/.test(await readFile(join(root, file), 'utf8'))) scripts.push(file)
  }
  return scripts
}

export async function runShellcheck(scripts: readonly string[], context: Context): Promise<Finding[]> {
  if (scripts.length === 0) return []
  const missing = 'there is no shellcheck (Debian: apt-get install shellcheck)'
  const command = ['shellcheck', '--format=json1', '--', ...scripts] as const
  const { stdout } = await ask('shellcheck', [...command], { findings: [1], missing }, context)
  return parseShellcheck(stdout)
}

type Shellcheck = { comments: { file: string; line: number; code: number; message: string }[] }

function parseShellcheck(json: string): Finding[] {
  const { comments } = JSON.parse(json) as Shellcheck // its manual page, "json1"
  return comments.map(({ file, line, code, message }) => ({ file, line, rule: `SC${code}`, message }))
}
