import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkFdatasync } from '../delivery/fdatasync.ts'
import { type Exit, run } from '../exec.ts'
import { temporaryPostgres } from '../local/temporary-postgres.ts'
import type { Context } from '../step.ts'
import { findTests } from '../suite/files.ts'
import { runTests } from '../suite/run-tests.ts'
import { checkAlertmanager } from './alertmanager.ts'
import { checkChart } from './chart.ts'
import { checkSast, checkSecrets, checkShell, checkWorkflows } from './code.ts'
import { readInstalled } from './installed.ts'
import { tryNpmStart } from './npm-start.ts'
import { checkPromtool } from './promtool.ts'
import { checkReachability } from './reachability.ts'
import { checkRegistry } from './registry.ts'
import { checkRuleChanges } from './rule-changes.ts'
import { checkSigning } from './signing.ts'
import { checkTrivy } from './trivy.ts'

/** `skipped`: a feature that nobody configured. `not run`: a tool that the part needs is absent. */
export type Verdict = { word: 'passed' | 'FAILED' | 'skipped' | 'not run'; detail: string }

export type CheckPart = { name: string; summary: string; run(context: Context): Promise<Verdict> }

export const parts: CheckPart[] = [
  { name: 'shellcheck', summary: 'shellcheck over every shell script', run: checkShell },
  {
    name: 'workflows',
    summary: 'actionlint and zizmor over the workflows, and over planted mistakes',
    run: checkWorkflows,
  },
  { name: 'secrets', summary: 'gitleaks over the whole history, and over planted keys', run: checkSecrets },
  {
    name: 'sast',
    summary: 'semgrep with our rules over the code, and over code that breaks each of them',
    run: checkSast,
  },
  { name: 'lockfile', summary: 'package.json, package-lock.json and node_modules agree', run: checkLockfile },
  { name: 'audit', summary: 'npm audit knows no grave hole in what an image ships', run: checkAudit },
  { name: 'npm-start', summary: 'npm start answers, and Ctrl-C leaves nothing running', run: checkStart },
  {
    name: 'postgres-15',
    summary: "the tests that use Postgres on Debian's PostgreSQL 15, the oldest supported",
    run: checkPostgres15,
  },
  {
    name: 'alertmanager',
    summary: 'who is told of which alert, and which stay quiet, as a real Alertmanager says',
    run: checkAlertmanager,
  },
  { name: 'promtool', summary: 'alert rules parse, and do what their tests say', run: checkPromtool },
  {
    name: 'rule-changes',
    summary: 'whoever changes a generated rule by mistake is told so by its tests',
    run: checkRuleChanges,
  },
  {
    name: 'chart',
    summary: 'every shape of the charts renders to what Kubernetes takes, and bad values are refused by name',
    run: checkChart,
  },
  {
    name: 'reachability',
    summary: "who reaches whom under the charts' NetworkPolicies, with cyclonus as the second opinion",
    run: checkReachability,
  },
  {
    name: 'trivy',
    summary: 'a vulnerable package is found in an image, and lists of packages are whole, as a real Trivy says',
    run: checkTrivy,
  },
  {
    name: 'signing',
    summary: 'what is signed is verified, and what is not, or by others, is refused, as a real cosign and Fulcio say',
    run: checkSigning,
  },
  {
    name: 'registry',
    summary: 'what may be pushed and tagged, and what charts are in a registry, as a real registry says',
    run: checkRegistry,
  },
  { name: 'fdatasync', summary: 'the delivery plane has a message on disk before it answers', run: checkFdatasync },
]

const passed = (detail: string): Verdict => ({ word: 'passed', detail })
const failed = (detail: string): Verdict => ({ word: 'FAILED', detail })
const notRun = (detail: string): Verdict => ({ word: 'not run', detail })

async function checkLockfile({ root, env, signal }: Context): Promise<Verdict> {
  // Offline: whether the two files agree can be said without a registry.
  const ended = await tryToRun('npm', ['ci', '--dry-run', '--offline', '--no-audit'], { root, env, signal })
  if (ended === undefined) return notRun('there is no npm')
  if (ended.code !== 0) return failed(`run npm install and commit package-lock.json: ${firstError(ended)}`)
  try {
    return passed(await readInstalled(root))
  } catch (error) {
    return failed(`run npm ci: ${(error as Error).message}`) // readInstalled throws nothing else
  }
}

async function checkAudit({ root, env, signal }: Context): Promise<Verdict> {
  // A user's `offline` setting would find no vulnerability, because it would not look.
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json', '--no-offline']
  const ended = await tryToRun('npm', args, { root, env, signal })
  if (ended === undefined) return notRun('there is no npm')
  const { code, stdout } = ended
  const report: {
    auditReportVersion?: number
    message?: string
    vulnerabilities?: Record<string, { severity: string }>
  } = JSON.parse(stdout || '{}')
  if (report.auditReportVersion === undefined)
    return notRun(`the registry gave no answer: ${report.message ?? firstError(ended)}`)
  const found = Object.entries(report.vulnerabilities ?? {}).map(([name, { severity }]) => `${name} (${severity})`)
  const detail = found.length === 0 ? 'no known vulnerability' : found.join(', ')
  return code === 0 ? passed(detail) : failed(`${detail}; see npm audit --omit=dev`)
}

async function checkStart(context: Context): Promise<Verdict> {
  if (!existsSync('/proc/self/stat')) return notRun('there is no /proc to see what is left running')
  try {
    return passed(await tryNpmStart(context))
  } catch (error) {
    return failed((error as Error).message) // tryNpmStart throws nothing else
  }
}

const usesPostgres = [
  'service', // as a whole: which of its tests do may change
  'lib',
  'delivery/outbox',
]

async function checkPostgres15(context: Context): Promise<Verdict> {
  const binDir = '/usr/lib/postgresql/15/bin'
  if (!existsSync(join(binDir, 'postgres')))
    return notRun(`there is no ${binDir} (Debian 12: apt-get install postgresql-15)`)
  const where = usesPostgres.map(folder => `${folder}/`).join(', ')
  context.print(`         postgres-15  runs the tests of ${where}; this takes a minute or two`)
  const postgres = await temporaryPostgres({ binDir, signal: context.signal })
  try {
    const env = { ...context.env, TEST_DATABASE_URL: postgres.url }
    const tests = await runTests(findTests(context.root, usesPostgres, { core: true }), { ...context, env })
    return tests.passed ? passed(where) : failed('see above')
  } finally {
    await postgres.stop()
  }
}

/** Undefined when there is no such program. */
async function tryToRun(
  command: string,
  args: string[],
  { root, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<Exit | undefined> {
  try {
    return await run(command, args, { cwd: root, env, signal })
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } } // run gives the reason of the system as the cause
    if (cause?.code === 'ENOENT') return undefined
    throw error
  }
}

const firstError = ({ stdout, stderr }: Exit) =>
  `${stderr}\n${stdout}`.split('\n').find(line => /error|EUSAGE/i.test(line)) ?? 'no reason given'
