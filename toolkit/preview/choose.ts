import type { Pull } from '../github-api/pulls.ts'

type Asked = Pick<Pull, 'number' | 'headRepository' | 'labels'>

/** A pull request that gets no preview although it asks for one, and why. */
export type LeftOut = { number: number; why: string }

export const label = 'preview'

type Rules = { repository: string; cap: number }

/**
 * The pull requests that may have a preview, the newest first; by number, so that a comment does not push another one out. What
 * a fork builds is not ours to run: its images are not pushed anywhere.
 */
export function choosePulls<T extends Asked>(
  open: readonly T[],
  { repository, cap }: Rules,
): { chosen: T[]; leftOut: LeftOut[] } {
  const asking = open.filter(each => each.labels.includes(label)).sort((a, b) => b.number - a.number)
  const isOurs = ({ headRepository }: Asked) => headRepository.toLowerCase() === repository.toLowerCase()
  const ours = asking.filter(isOurs)
  return {
    chosen: ours.slice(0, cap),
    leftOut: [
      ...asking.filter(each => !isOurs(each)).map(({ number }) => ({ number, why: 'it comes from a fork' })),
      ...ours
        .slice(cap)
        .map(({ number }) => ({ number, why: `${cap} newer ones have a preview, and PREVIEW_CAP is ${cap}` })),
    ],
  }
}
