import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addSummary, annotate, escapeMarkdown, isActions } from './github.ts'
import { NotRun } from './not-run.ts'
import { type Context, UsageError } from './step.ts'
import { NoGo } from './tools/go.ts'

/** Nobody configured what this step would use; one sentence says what to set. Neutral: it neither passes nor fails. */
export class Skipped extends Error {
  override name = 'Skipped'
}

type Word = 'passed' | 'FAILED' | 'skipped' | 'not run'

/** Steps of the pipeline that .ci/cannot-run may list; `./fairlead check` refuses any other name there. */
export const excusableSteps = ['lint', 'secrets', 'sast', 'manifests', 'rules', 'sbom', 'scan', 'dast'] as const

/**
 * The end of every step of the pipeline: one line with the verdict, and in GitHub Actions the same in the job's summary.
 * `work` resolves to what was seen; it throws Skipped, NotRun, or what is wrong. Resolves to the exit code.
 */
export async function conclude(name: string, context: Context, work: () => Promise<string>): Promise<number> {
  const since = performance.now()
  const { word, detail } = await judge(context, work)
  const seconds = `${((performance.now() - since) / 1000).toFixed(1)} s`
  const excuse = word === 'not run' ? await excuseOf(name, context.root) : undefined
  const said = excuse ? `${detail}; .ci/cannot-run: ${excuse}` : detail
  context.print(`${word.padEnd(8)} ${name.padEnd(14)} ${seconds.padStart(8)}  ${safe(said, context)}`)
  await addSummary(context, `- **${word}** ${escapeMarkdown(name)}, ${seconds}: ${escapeMarkdown(said)}`)
  if (word === 'passed' || word === 'skipped' || excuse) return 0
  if (isActions(context.env)) annotate(context, { level: 'error', title: `${name}: ${word}` }, detail)
  return 1
}

async function judge(context: Context, work: () => Promise<string>): Promise<{ word: Word; detail: string }> {
  try {
    return { word: 'passed', detail: await work() }
  } catch (error) {
    context.signal.throwIfAborted() // who pressed Ctrl-C is not told that something is wrong
    if (error instanceof UsageError) throw error
    const detail = error instanceof Error ? error.message : String(error)
    if (error instanceof Skipped) return { word: 'skipped', detail }
    return { word: error instanceof NotRun || error instanceof NoGo ? 'not run' : 'FAILED', detail }
  }
}

async function excuseOf(name: string, root: string): Promise<string | undefined> {
  const text = await readFile(join(root, '.ci/cannot-run'), 'utf8').catch(noFile)
  const line = text.split('\n').find(each => each.startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim() || undefined
}

function noFile(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}

// GitHub's runner obeys lines that begin with :: and takes ##[…] anywhere; a message that quotes a file may hold either.
const safe = (text: string, { env }: Pick<Context, 'env'>) =>
  isActions(env) ? text.replace(/^(\s*)::/gm, '$1| ::').replaceAll('##[', '## [') : text
