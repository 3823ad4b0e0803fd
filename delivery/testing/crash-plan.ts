import { createHash } from 'node:crypto'

/** How one process of a crash test ends: at the n-th time that it is at a named point, or at any moment. */
export type Kill = { at: string } | { since: 'start' | 'listening'; afterMs: number }

/** Names of points, and how often each may be passed first. Early ones happen many times a second, pruning once. */
const points: Record<string, number> = {
  'after-accept': 40,
  'before-commit': 15,
  'after-commit': 15,
  'before-send': 40,
  'after-answer': 40,
  'before-settle': 10,
  'during-vacuum': 3,
}

const LONGEST_MS = 1000

/** Every point and a few random moments, shuffled, again and again; the same seed makes the same plan. */
export function planKills(count: number, random: () => number): Kill[] {
  const plan: Kill[] = []
  while (plan.length < count) {
    const named = Object.entries(points).map(([name, times]) => ({ at: `${name}:${1 + Math.floor(random() * times)}` }))
    const timed = (['start', 'listening', 'listening'] as const).map(since => ({
      since,
      afterMs: Math.floor(random() * LONGEST_MS),
    }))
    plan.push(...shuffle([...named, ...timed], random))
  }
  return plan.slice(0, count)
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map(item => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item)
}

/** Numbers from 0 to 1 that follow from the seed. */
export function createRandom(seed: number): () => number {
  let drawn = 0
  return () => {
    drawn += 1
    return createHash('sha256').update(`${seed}/${drawn}`).digest().readUInt32BE() / 2 ** 32
  }
}
