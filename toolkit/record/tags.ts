import type { Source } from './schema.ts'

/** What an event and its ref make of a build. */
export type Plan = {
  /** That the gate writes, once everything else is shown. */
  tags: string[]
  /** A release builds nothing: the image that main has made of that commit gets another tag. */
  build: boolean
  /** Of charts. */
  version: string
}

const trunkRef = 'refs/heads/main'
const releaseRef = 'refs/tags/release/'

export function planOf({ event, ref, commit, pullRequest }: Omit<Source, 'repository' | 'dirty' | 'fork'>): Plan {
  // An identifier of only digits may not begin with 0 (semver 9), so the commit is not one of its own.
  const version = `0.0.0-sha-${commit.slice(0, 12)}`
  const build = { build: true, version }
  if (event === 'pull_request') {
    if (pullRequest === undefined) throw new Error(`${ref}: the payload of this pull_request event has no number`)
    return { ...build, tags: [`pr-${pullRequest}`] }
  }
  if (event !== 'push') return { ...build, tags: [] } // by hand, at night, or on a laptop: built, and given no name
  if (ref === trunkRef) return { ...build, tags: ['latest', shaTag(commit)] }
  if (!ref.startsWith(releaseRef)) return { ...build, tags: [] }
  const release = parseRelease(ref)
  return { tags: [release], build: false, version: release }
}

export const shaTag = (commit: string): string => `sha-${commit}`

export const isRelease = ({ event, ref }: Pick<Source, 'event' | 'ref'>): boolean =>
  event === 'push' && ref.startsWith(releaseRef)

/** Whose signature an event's artifacts get; none where nothing is published. */
export function identityOfSource(
  source: Pick<Source, 'event' | 'ref'>,
): 'pull-request' | 'trunk' | 'release' | undefined {
  if (source.event === 'pull_request') return 'pull-request'
  if (isRelease(source)) return 'release'
  return source.event === 'push' && source.ref === trunkRef ? 'trunk' : undefined
}

/** Tags that mean one thing for ever: of a commit, of a version, and of the chart that goes with an image. */
export const isImmutable = (tag: string): boolean =>
  /^sha-[0-9a-f]{40}$/.test(tag) || /^image-[0-9a-f]{64}$/.test(tag) || semver.test(tag)

const number = '(0|[1-9]\\d*)'
const identifier = '(0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)'
// Without build metadata: a tag of a registry cannot hold its plus sign.
const semver = new RegExp(`^${number}\\.${number}\\.${number}(-${identifier}(\\.${identifier})*)?$`)

function parseRelease(ref: string): string {
  const version = ref.slice(releaseRef.length)
  if (semver.test(version) && version.length <= 128) return version
  throw new Error(
    `${ref}: expected release/<major>.<minor>.<patch> (semver.org), such as release/1.2.3 or release/1.2.3-rc.1, ` +
      `got release/${version}; delete the tag and push the right one`,
  )
}
