import * as v from 'valibot'

/** Of ZAP's JSON report we read what was found, how grave it is (3 high to 0 informational) and how often. */
const Report = v.object({
  site: v.array(
    v.object({
      alerts: v.array(v.object({ name: v.string(), riskcode: v.picklist(['0', '1', '2', '3']), count: v.string() })),
    }),
  ),
})

const words = ['informational', 'low', 'medium', 'high'] as const
export type Finding = { name: string; risk: (typeof words)[number]; count: number }

/** The gravest first. */
export function readFindings(text: string): Finding[] {
  const { site } = v.parse(Report, JSON.parse(text))
  const all = site.flatMap(({ alerts }) => alerts).sort((a, b) => Number(b.riskcode) - Number(a.riskcode))
  return all.map(({ name, riskcode, count }) => ({
    name,
    risk: words[Number(riskcode)] ?? 'high',
    count: Number(count),
  }))
}

export function summarise(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no findings'
  const counts = [...words].reverse().map(risk => [findings.filter(each => each.risk === risk).length, risk] as const)
  return counts.flatMap(([count, risk]) => (count > 0 ? [`${count} ${risk}`] : [])).join(', ')
}
