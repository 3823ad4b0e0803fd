/** Aligned columns: the first and the last to the left, figures between them to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)))
  const last = header.length - 1
  const cell = (text: string, column: number) =>
    column === 0 || column === last ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return lines.map(line =>
    header
      .map((_, column) => cell(line[column] ?? '', column))
      .join('  ')
      .trimEnd(),
  )
}

/** What a ratio should be; missing it is a fact to read, not a failure. */
export type Aim = { what: string; atLeast: number } | { what: string; atMost: number }

export function judge(aim: Aim, value: number): string {
  const isMet = 'atLeast' in aim ? value >= aim.atLeast : value <= aim.atMost
  const bound = 'atLeast' in aim ? `>= ${aim.atLeast}` : `<= ${aim.atMost}`
  return `${aim.what} ${bound}: ${isMet ? 'met' : 'not met'}`
}
