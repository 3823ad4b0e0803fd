/** The items in the order of a round: A B C, B C A, C A B, … so that none always follows the same one. */
export function inRound<T>(items: readonly T[], round: number): T[] {
  const start = items.length === 0 ? 0 : round % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

/** Takes one sample of each item in each round, never two at a time. */
export async function interleave<T extends { name: string }, S>(
  items: readonly T[],
  rounds: number,
  take: (item: T, round: number) => Promise<S>,
): Promise<Map<string, S[]>> {
  const samples = new Map<string, S[]>(items.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const item of inRound(items, round)) samples.get(item.name)?.push(await take(item, round))
  }
  return samples
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** The value below which `share` of all lie: the smallest one that at least so many do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** From the lowest to the highest, as a share of the median: a difference smaller than this says nothing. */
export const spread = (values: readonly number[]): number =>
  (Math.max(...values) - Math.min(...values)) / median(values)

/** The median of a field over the samples of one item. */
export const medianOf = <K extends string>(samples: readonly Record<K, number>[], field: K): number =>
  median(samples.map(sample => sample[field]))
