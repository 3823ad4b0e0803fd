import type { Plan } from './plan.ts'
import type { Alert } from './rule.ts'

/**
 * A runbook is written by people. What follows from the SLO file stands between marks and is kept current; everything else
 * is theirs. A new one only asks for it.
 */
export function runbookOf(alert: Alert, plan: Plan, now: string | undefined): string {
  const parts = { meaning: meaningOf(alert, plan), queries: queriesOf(alert) }
  return Object.entries(parts).reduce(
    (text, [name, part]) => replacePart(text, name, part),
    now ?? skeletonOf(alert.alert),
  )
}

const marksOf = (name: string) => [`<!-- ${name}: by ./fairlead slo -->`, `<!-- end of ${name} -->`] as const

function replacePart(text: string, name: string, part: string): string {
  const [start, end] = marksOf(name)
  const [before, rest, ...more] = text.split(start)
  const [, after, ...evenMore] = rest?.split(end) ?? []
  if (before === undefined || after === undefined || more.length + evenMore.length > 0)
    throw new Error(`expected "${start}" and then "${end}", once; put them where that part belongs`)
  return `${before}${start}\n\n${part}\n\n${end}${after}`
}

const placeOf = (name: string) => marksOf(name).join('\n')

const skeletonOf = (alert: string) => `# ${alert}

## Meaning

${placeOf('meaning')}

## Impact

Say who notices, and what.

## Diagnosis

${placeOf('queries')}

## Mitigation

Say what helps at once.
`

const meaningOf = ({ meaning, labels }: Alert, { stem }: Plan) =>
  `${meaning}\n\nSeverity: ${labels.severity}. The numbers stand in [${stem}.yaml](../slo/${stem}.yaml).`

const queriesOf = ({ queries }: Alert) => queries.map(query => `\`\`\`promql\n${query}\n\`\`\``).join('\n\n')
