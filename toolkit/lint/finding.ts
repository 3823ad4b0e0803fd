import { annotate } from '../github.ts'
import type { Context } from '../step.ts'

/** Something wrong on a line of a file, whoever says so; without a line it is about the whole file. */
export type Finding = { file: string; line?: number; rule: string; message: string }

/** In GitHub each finding stands at its line of the pull request; on a laptop a terminal makes a link of it. */
export function reportFindings(findings: readonly Finding[], context: Pick<Context, 'env' | 'print'>): void {
  for (const { file, line, rule, message } of findings)
    annotate(context, { file, title: rule, ...(line !== undefined && { line }) }, `${message} (${rule})`)
}

/** The line, where a tool tells 0 for the whole file. */
export const lineOf = (line: number | undefined): { line?: number } => (line ? { line } : {})
