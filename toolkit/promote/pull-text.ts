import type { PullText } from '../github-api/pulls.ts'
import type { Artifact, BuildRecord } from '../record/record.ts'
import { isPlaceholder } from './edit-digest.ts'

export type Move = {
  environment: string
  artifact: string
  image: string
  from: string
  to: string
  path: string
  server: string
  runUrl: string | undefined
  evidence: Evidence
}

/** What speaks for a digest: the build's record, or that its signature was verified just now. */
export type Evidence =
  | { kind: 'record'; source: BuildRecord['source']; artifact: Artifact }
  | { kind: 'verified'; detail: string }

export function pullText(move: Move): PullText {
  const { environment, artifact, image, from, to, path, runUrl } = move
  const rows: [string, string][] = [
    ['image', code(`${image}@${to}`)],
    ...evidenceRows(move),
    ['proposed by', runUrl ?? 'a run outside GitHub Actions'],
  ]
  return {
    title: `Promote ${artifact} to ${environment}: ${shortDigest(to)}${versionOf(move.evidence)}`,
    body: `Moves **${environment}** from ${isPlaceholder(from) ? 'nothing yet' : code(from)} to ${code(to)}.

| | |
|---|---|
${rows.map(([name, text]) => `| ${name} | ${text} |`).join('\n')}

One digest changes in ${code(path)}, and nothing else. Merging this deploys it; reverting the merge brings the old one back.
`,
  }
}

/** The first 12 digits, enough to tell digests apart in a name. */
export const shortDigest = (digest: string): string => digest.replace('sha256:', '').slice(0, 12)

function evidenceRows({ evidence, server }: Move): [string, string][] {
  if (evidence.kind === 'verified') return [['verified', code(evidence.detail)]]
  const { source, artifact } = evidence
  const { containerTest, scan, signature, attestations, verified, gate } = artifact
  const commit = `${server}/${source.repository}/commit/${source.commit}`
  const rows: [string, string | undefined][] = [
    ['built from', `${code(source.ref)} at [${source.commit.slice(0, 12)}](${commit})`],
    ['tags', gate?.tags.map(code).join(' ')],
    ['container test', containerTest && code(containerTest.line)],
    ['scan', scan && scanText(scan)],
    ['signed by', signature && code(signature.identity)],
    ['attestations', attestations?.map(each => each.type).join(', ')],
    ['verified as', verified?.as],
    ['allowed by', gate?.by],
  ]
  return rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '')
}

function scanText({ tool, version, database, high, critical, accepted }: NonNullable<Artifact['scan']>): string {
  const found = `${high} high and ${critical} critical findings`
  const known = accepted.length > 0 ? `, accepted: ${accepted.map(code).join(' ')}` : ''
  return `${tool} ${version} with the database of ${database}: ${found}${known}`
}

function versionOf(evidence: Evidence): string {
  const tags = evidence.kind === 'record' ? (evidence.artifact.gate?.tags ?? evidence.artifact.tags) : []
  const version = tags.find(tag => /^\d+\.\d+\.\d+/.test(tag))
  return version === undefined ? '' : ` (${version})`
}

// A cell of a table ends at `|`, and code at a backtick; neither belongs into any of these.
const code = (text: string) => `\`${text.replace(/[`|\s]+/g, ' ')}\``
