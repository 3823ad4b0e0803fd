import { join } from 'node:path'
import { run } from '../exec.ts'
import type { Finding } from '../lint/finding.ts'
import type { Context } from '../step.ts'
import { need } from '../tools/need.ts'
import type { Range } from './range.ts'

export type Looked = { commits: number; findings: Finding[] }

const FOUND = 9

/** Asks gitleaks, which is told never to repeat a secret. */
export async function findSecrets({ base }: Range, context: Context): Promise<Looked> {
  const { path } = await need('gitleaks', context)
  const { root, env, signal } = context
  // What .gitleaks.toml does not allow, no comment in the code allows. gitleaks ends with 0 when git fails: see below.
  const options = ['--redact=100', '--no-banner', '--no-color', '--ignore-gitleaks-allow', `--exit-code=${FOUND}`]
  const report = ['--report-format=json', '--report-path=-', `--config=${join(root, '.gitleaks.toml')}`]
  const log = `--log-opts=${logOptions.join(' ')} ${base === undefined ? '--all' : `${base}..HEAD`}`
  const args = ['git', ...options, ...report, log, root]
  const { code, stdout, stderr } = await run(path, args, { cwd: root, env, signal })
  signal.throwIfAborted()
  const commits = /(\d+) commits scanned/.exec(stderr)?.[1]
  if (![0, FOUND].includes(code) || / (ERR|FTL) /.test(stderr) || commits === undefined)
    throw new Error(`gitleaks ended with ${code}: ${stderr.trim()}`)
  return { commits: Number(commits), findings: parseGitleaks(stdout) }
}

// A merge is compared with what git would have made of it, which shows what somebody slipped into it. No attribute
// of a file may hide a change.
const logOptions = ['--full-history', '--diff-merges=remerge', '--text', '--no-ext-diff', '--no-textconv', '--no-color']

type Gitleaks = { RuleID: string; Description: string; File: string; StartLine: number; Commit: string }[]

/** Takes none of the fields in which gitleaks quotes what it found. */
function parseGitleaks(json: string): Finding[] {
  const found = JSON.parse(json) as Gitleaks // its own report format
  return found.map(({ RuleID, Description, File, StartLine, Commit }) => ({
    file: File,
    line: StartLine,
    rule: `gitleaks/${RuleID}`,
    message: `${Description.replace(/,.*|\.$/s, '')}, in commit ${Commit.slice(0, 12)}`,
  }))
}
