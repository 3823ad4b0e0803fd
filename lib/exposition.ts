/**
 * Prometheus text format 0.0.4 from OpenMetrics text as prom-client writes it. The differences: OpenMetrics names a
 * counter family without `_total` in HELP and TYPE, may put an exemplar behind a sample, and ends in `# EOF`.
 */
export function toPlainText(openMetrics: string): string {
  const lines: string[] = []
  let counter = ''
  for (const line of openMetrics.split('\n')) {
    if (line === '# EOF' || line === '') continue
    if (!line.startsWith('#')) {
      const exemplar = line.indexOf(' # {')
      lines.push(exemplar === -1 ? line : line.slice(0, exemplar))
      continue
    }
    const [, keyword, family, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (keyword === 'TYPE') counter = rest === 'counter' ? (family ?? '') : ''
    lines.push(line)
    if (keyword === 'TYPE' && counter !== '') renameFamily(lines, counter)
  }
  return `${lines.join('\n')}\n`
}

/** prom-client writes HELP just before TYPE, so the family of both is known at the second. */
function renameFamily(lines: string[], counter: string) {
  for (const at of [lines.length - 2, lines.length - 1]) {
    lines[at] = (lines[at] ?? '').replace(/^(# (?:HELP|TYPE) )(\S+)/, (all, start, family) =>
      family === counter ? `${start}${counter}_total` : all,
    )
  }
}
