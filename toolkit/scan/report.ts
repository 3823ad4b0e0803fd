import * as v from 'valibot'

export const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const
type Severity = (typeof severities)[number]

export type Finding = {
  id: string
  severity: Severity
  package: string
  version: string
  /** Versions without it; none when there is none yet. */
  fixed: string | undefined
  title: string
  /** The file, or the list of packages, that names the package. */
  where: string
}

export type Report = {
  /** Digest of the config of a scanned image. */
  image: string | undefined
  /** How many npm packages Trivy saw: with none it cannot have found anything. */
  npmPackages: number
  findings: Finding[]
  /** What a VEX document took out. */
  accepted: Finding[]
}

const Vulnerability = v.object({
  VulnerabilityID: v.string(),
  PkgName: v.string(),
  PkgPath: v.optional(v.string()),
  InstalledVersion: v.string(),
  FixedVersion: v.optional(v.string()),
  Severity: v.picklist(severities),
  Title: v.optional(v.string()),
})

const Result = v.object({
  Target: v.string(),
  Packages: v.optional(v.array(v.object({ Identifier: v.optional(v.object({ PURL: v.optional(v.string()) })) }))),
  Vulnerabilities: v.optional(v.array(Vulnerability)),
  ExperimentalModifiedFindings: v.optional(v.array(v.object({ Finding: Vulnerability }))),
})

// Of Trivy's own format (`trivy --format json`) only what is read here.
const Document = v.object({
  SchemaVersion: v.literal(2),
  Metadata: v.optional(v.object({ ImageID: v.optional(v.string()) })),
  Results: v.optional(v.array(Result)),
})

export function parseReport(text: string): Report {
  const { issues, output, success } = v.safeParse(Document, JSON.parse(text))
  if (!success)
    throw new Error(
      `Trivy wrote a report in another format: ${issues.map(each => `${v.getDotPath(each)}: ${each.message}`)}`,
    )
  const results = output.Results ?? []
  const packages = results.flatMap(({ Packages = [] }) => Packages)
  return {
    image: output.Metadata?.ImageID,
    npmPackages: packages.filter(each => each.Identifier?.PURL?.startsWith('pkg:npm/')).length,
    findings: results.flatMap(({ Target, Vulnerabilities = [] }) =>
      Vulnerabilities.map(each => asFinding(each, Target)),
    ),
    accepted: results.flatMap(({ Target, ExperimentalModifiedFindings = [] }) =>
      ExperimentalModifiedFindings.map(({ Finding }) => asFinding(Finding, Target)),
    ),
  }
}

function asFinding(found: v.InferOutput<typeof Vulnerability>, target: string): Finding {
  return {
    id: found.VulnerabilityID,
    severity: found.Severity,
    package: found.PkgName,
    version: found.InstalledVersion,
    fixed: found.FixedVersion || undefined,
    title: oneLine(found.Title ?? ''),
    where: found.PkgPath || target,
  }
}

// It is other people's text, and goes to a terminal and to GitHub.
const oneLine = (text: string) => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
