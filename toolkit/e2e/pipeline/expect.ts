import type { JobReport, RunReport, StepReport } from '../../pipeline/machine.ts'

/** All jobs ended so; those that are not named succeeded. */
export function expectResults({ jobs }: RunReport, others: Record<string, JobReport['result']> = {}): void {
  for (const [id, { result, steps }] of Object.entries(jobs)) {
    const expected = others[id] ?? 'success'
    if (result === expected) continue
    const failed = steps.find(({ outcome }) => outcome === 'failure')
    const why = failed ? `: \`${failed.line}\` said\n${failed.output.split('\n').slice(-30).join('\n')}` : ''
    throw new Error(`the job ${id} ended as ${result}, expected ${expected}${why}`)
  }
}

/** The run stopped at this line, for this reason. */
export function expectStop({ jobs }: RunReport, job: string, line: string, reason: RegExp): string {
  const failed = jobs[job]?.steps.find(({ outcome }) => outcome === 'failure')
  if (failed === undefined) throw new Error(`expected \`${line}\` to fail in ${job}, and nothing did`)
  if (failed.line !== line)
    throw new Error(`expected \`${line}\` to fail, and \`${failed.line}\` did:\n${tail(failed)}`)
  const sentence = failed.output.split('\n').find(each => reason.test(each))
  if (sentence === undefined) throw new Error(`\`${line}\` failed without ${reason}:\n${tail(failed)}`)
  return `${line} stops it: ${sentence.replace(/^(FAILED|not run) +\S+ +[\d.]+ s +/, '').slice(0, 300)}`
}

const tail = ({ output }: StepReport) => output.split('\n').slice(-30).join('\n')

/** What a line printed, wherever it ran. */
export function outputOf({ jobs }: RunReport, line: string): string {
  const all = Object.values(jobs).flatMap(({ steps }) => steps)
  return all.find(step => step.line === line)?.output ?? ''
}

/** One line for each job that ran steps of ours, with the seconds of each. */
export function describeRun(name: string, { jobs }: RunReport): string[] {
  return Object.entries(jobs).flatMap(([id, { steps }]) => {
    const ran = steps.filter(
      ({ line, outcome }) => line.startsWith('./fairlead ') && /^(success|failure)$/.test(outcome),
    )
    const each = ran.map(({ line, seconds }) => `${line.slice('./fairlead '.length)} ${seconds.toFixed(1)}`)
    return each.length === 0 ? [] : [`         ${name.padEnd(14)} ${id.padEnd(8)} ${each.join(', ')} s`]
  })
}

/** Lines that were not run here, each with its reason. */
export function ranElsewhere({ jobs }: RunReport): string[] {
  const steps = Object.values(jobs).flatMap(each => each.steps)
  return steps.flatMap(({ line, outcome, output }) => (outcome === 'elsewhere' ? [`${line}: ${output}`] : []))
}
