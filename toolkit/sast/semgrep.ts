import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '../lint/ask.ts'
import { type Finding, lineOf } from '../lint/finding.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { need } from '../tools/need.ts'

/** Holds files, by their paths from the root, to the rules. Nothing is sent anywhere, and no comment in a file switches a rule off. */
export async function runSemgrep(rules: string, files: readonly string[], context: Context): Promise<Finding[]> {
  const { path } = await need('semgrep', context)
  await using folder = await temporaryFolder('semgrep-')
  const report = join(folder.path, 'report.json')
  const quiet = ['--metrics=off', '--disable-version-check', '--no-rewrite-rule-ids', '--disable-nosem']
  const patience = ['--timeout=30', '--max-target-bytes=0', '--jobs=2']
  const options = ['scan', ...quiet, ...patience, `--config=${rules}`, '--json', `--output=${report}`]
  // It would write into the home folder, and take settings from there.
  const own = { SEMGREP_SETTINGS_FILE: join(folder.path, 'settings.yml'), SEMGREP_LOG_FILE: join(folder.path, 'log') }
  const env = { ...context.env, ...own, SEMGREP_SEND_METRICS: 'off' }
  await ask('semgrep', [path, ...options, '--', ...files], { findings: [] }, { ...context, env })
  return parseSemgrep(await readFile(report, 'utf8'), files)
}

type Semgrep = {
  results: { check_id: string; path: string; start: { line: number }; extra: { message: string } }[]
  errors: { level: string; message?: string; path?: string; spans?: { start: { line: number } }[] }[]
  paths: { scanned: string[] }
}

/** A file that it could not read, or left out, would look like a clean one. */
export function parseSemgrep(json: string, files: readonly string[]): Finding[] {
  const { results, errors, paths } = JSON.parse(json) as Semgrep // its own format, as of its pinned version
  const error = errors.find(each => each.level === 'error')
  if (error) throw new Error(`semgrep: ${error.path ?? 'rules'}: ${error.message ?? 'an error without a message'}`)
  const scanned = new Set(paths.scanned)
  const missed = files.filter(file => !scanned.has(file))
  if (missed.length > 0) throw new Error(`semgrep did not look at ${missed.join(', ')}`)
  const unread = errors.map(({ path = '.', spans, message = 'no reason given' }) => ({
    file: path,
    ...lineOf(spans?.[0]?.start.line),
    rule: 'sast/unread',
    message: `semgrep cannot read this, so no rule holds here: ${message.trim()}`,
  }))
  const found = results.map(({ check_id, path, start, extra }) => ({
    file: path,
    line: start.line,
    rule: `sast/${check_id}`,
    message: extra.message.trim(),
  }))
  return [...found, ...unread]
}
