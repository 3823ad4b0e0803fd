import type { Pull } from '../github-api/pulls.ts'
import { chartTagOf } from '../registry/reference.ts'
import type { LeftOut } from './choose.ts'
import { hostOf, type Preview } from './render.ts'

/** What is asked about an image or a chart; one that is not to be trusted is refused with the reason. */
export type Evidence = {
  /** Undefined when the registry has no such tag. */
  digest(name: string, tag: string): Promise<string | undefined>
  verify(nameAtDigest: string, demand: 'image' | 'chart'): Promise<void>
}

type Where = { image: string; chart: string; domain: string }

/** For each pull request what its own pipeline pushed and signed; one without that is left out, and the others still get theirs. */
export async function collectPreviews(
  pulls: readonly Pick<Pull, 'number'>[],
  { image, chart, domain }: Where,
  evidence: Evidence,
): Promise<{ previews: Preview[]; leftOut: LeftOut[] }> {
  const previews: Preview[] = []
  const leftOut: LeftOut[] = []
  for (const { number } of pulls) {
    const imageDigest = await evidence.digest(image, `pr-${number}`)
    const chartDigest = imageDigest && (await evidence.digest(chart, chartTagOf(imageDigest)))
    if (imageDigest === undefined || chartDigest === undefined) {
      const missing = imageDigest === undefined ? `${image}:pr-${number}` : `${chart}:${chartTagOf(imageDigest)}`
      leftOut.push({ number, why: `the registry has no ${missing} yet; its pipeline writes that at the end` })
      continue
    }
    try {
      await evidence.verify(`${image}@${imageDigest}`, 'image')
      await evidence.verify(`${chart}@${chartDigest}`, 'chart')
    } catch (error) {
      leftOut.push({ number, why: (error as Error).message }) // verify throws nothing else
      continue
    }
    previews.push({ number, imageDigest, chartDigest, host: hostOf(number, domain) })
  }
  return { previews, leftOut }
}
