/** The candidate with the fewest typing mistakes from `word`; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map(candidate => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best && best.distance <= Math.max(2, word.length / 2) ? best.candidate : undefined
}

/** How many characters to add, drop or replace (Levenshtein), one row of the table at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const replaced = at(row, j) + (letter === to[j] ? 0 : 1)
      next.push(Math.min(at(row, j + 1) + 1, at(next, j) + 1, replaced))
    }
    row = next
  }
  return at(row, to.length)
}

const at = (row: number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY
