import * as v from 'valibot'

const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hex digits>'))
const text = v.pipe(v.string(), v.minLength(1, 'expected some text'))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Who found out what, when, and about which digest. */
const entry = {
  at: v.pipe(v.string(), v.isoTimestamp('expected a time such as 2026-11-20T10:15:00.000Z')),
  by: text,
  /** The id of an image or chart (its config's digest) before the push, its manifest's digest afterwards. */
  subject: digest,
}

const File = v.strictObject({ path: text, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })

const Source = v.strictObject({
  /** owner/name, or `local`. */
  repository: text,
  commit: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'expected a commit of 40 hex digits')),
  ref: text,
  /** pull_request, push, … or `local`. */
  event: text,
  pullRequest: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Of a fork: its token may not write, so nothing of it leaves the machine. */
  fork: v.optional(v.boolean()),
  /** The tree held something that no commit has. */
  dirty: v.boolean(),
})

const Artifact = v.strictObject({
  kind: v.picklist(['image', 'chart']),
  /** Registry and repository without a tag. */
  name: text,
  /** Digest of the config: what the Docker of old calls the image's id. */
  id: digest,
  /** Below the root: what `docker save` wrote, or the folder of an OCI layout. What a release finds in the registry has no file there. */
  file: text,
  /** Those that the gate will write. */
  tags: v.array(text),
  /** Of the manifest; there is none before the push. */
  digest: v.optional(digest),
  containerTest: v.optional(v.strictObject({ ...entry, line: text })),
  sbom: v.optional(v.strictObject({ ...entry, cyclonedx: File, spdx: File })),
  scan: v.optional(
    v.strictObject({
      ...entry,
      tool: text,
      version: text,
      /** When it was made. */
      database: text,
      high: count,
      critical: count,
      /** Findings that somebody accepted, with an end. */
      accepted: v.array(text),
    }),
  ),
  push: v.optional(v.strictObject(entry)),
  signature: v.optional(v.strictObject({ ...entry, mode: v.picklist(['keyless', 'key']), identity: text })),
  attestations: v.optional(v.array(v.strictObject({ ...entry, type: v.picklist(['provenance', 'sbom']) }))),
  verified: v.optional(v.strictObject({ ...entry, as: v.picklist(['pull-request', 'trunk', 'release']) })),
  gate: v.optional(v.strictObject({ ...entry, tags: v.array(text) })),
  /** Why a step did nothing, so that the gate can say it. */
  skipped: v.optional(v.array(v.strictObject({ step: text, reason: text }))),
})

export const Record = v.strictObject({
  version: v.literal(1, 'expected 1; another version of the toolkit wrote it: build again'),
  source: Source,
  /** What image-tag made of the event; each artifact gets them. */
  tags: v.array(text),
  artifacts: v.record(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/)), Artifact),
})

export type Source = v.InferOutput<typeof Source>
export type Artifact = v.InferOutput<typeof Artifact>
export type BuildRecord = v.InferOutput<typeof Record>
export type Entry = { at: string; by: string; subject: string }
