import { type Finding, severities } from './report.ts'

const grave = (finding: Finding): boolean => finding.severity === 'CRITICAL' || finding.severity === 'HIGH'

/** What third-party/ pins are tools of the checkout, built with far less than their go.mod names; no image contains one. */
const ships = (finding: Finding): boolean => !finding.where.startsWith('third-party/')

/** Those that fail the step. */
export const failing = (findings: readonly Finding[]): Finding[] => findings.filter(each => grave(each) && ships(each))

export const countOf = (findings: readonly Finding[], severity: Finding['severity']): number =>
  findings.filter(each => each.severity === severity).length

/** For one line: "1 critical, 2 low; 3 in the tools of third-party/", or "none". */
export function summarise(findings: readonly Finding[]): string {
  const counts = severities.flatMap(severity => {
    const count = countOf(findings.filter(ships), severity)
    return count === 0 ? [] : [`${count} ${severity.toLowerCase()}`]
  })
  const tools = findings.filter(each => !ships(each)).length
  const parts = [counts.join(', '), tools === 0 ? '' : `${tools} in the tools of third-party/, which no image contains`]
  return parts.filter(part => part !== '').join('; ') || 'none'
}

export function describeFinding({ id, severity, package: name, version, fixed, title, where }: Finding): string {
  const way = fixed ? `fixed in ${fixed}` : 'no version of it is fixed yet'
  return `${severity} ${id} in ${name} ${version} (${where}), ${way}${title === '' ? '' : `: ${title}`}`
}
