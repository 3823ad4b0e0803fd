/** Lines of columns as wide as their widest cell, headings first; the last column is not padded. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows].map(row => row.map(printable))
  const widths = headings.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)))
  return all.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** What a sender wrote must not steer the terminal that shows it. */
export const printable = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')

/** `2026-11-20 10:00:00`, in UTC as everything here. */
export const timeOf = (at: number | string | undefined) =>
  at === undefined ? '' : new Date(at).toISOString().slice(0, 19).replace('T', ' ')
