import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'

/** How a repository of this template is to be set up; whoever wants it otherwise changes the file. */
export const settingsFile = '.github/settings.json'

const text = v.pipe(v.string(), v.minLength(1))
const Rule = v.strictObject({ type: text, parameters: v.optional(v.record(v.string(), v.unknown()), {}) })

const Ruleset = v.strictObject({
  name: text,
  target: v.picklist(['branch', 'tag']),
  /** Patterns of refs, or ~DEFAULT_BRANCH. */
  include: v.array(text),
  rules: v.array(Rule),
})
export type DeclaredRuleset = v.InferOutput<typeof Ruleset>

const Environment = v.strictObject({
  /** How many people or teams at least have to be there of whom one approves. */
  reviewers: v.pipe(v.number(), v.integer(), v.minValue(0)),
  prevent_self_review: v.boolean(),
  /** Which may deploy; without both lists: any. */
  branches: v.optional(v.array(text)),
  tags: v.optional(v.array(text)),
})
export type DeclaredEnvironment = v.InferOutput<typeof Environment>

const Actions = v.strictObject({
  allowed_actions: v.picklist(['all', 'local_only', 'selected']),
  github_owned_allowed: v.boolean(),
  verified_allowed: v.boolean(),
  patterns_allowed: v.array(text),
  sha_pinning_required: v.boolean(),
  default_workflow_permissions: v.picklist(['read', 'write']),
  can_approve_pull_request_reviews: v.boolean(),
  fork_approval: v.picklist([
    'first_time_contributors_new_to_github',
    'first_time_contributors',
    'all_external_contributors',
  ]),
})

const Settings = v.strictObject({
  rulesets: v.array(Ruleset),
  environments: v.record(v.string(), Environment),
  actions: Actions,
  /** What workflows push to ghcr.io, below <owner>/<repository>/. */
  packages: v.array(v.pipe(v.string(), v.regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, 'expected a path in lower case'))),
  delete_branch_on_merge: v.boolean(),
  immutable_releases: v.boolean(),
  private_vulnerability_reporting: v.boolean(),
})
export type DeclaredSettings = v.InferOutput<typeof Settings>

export async function readDeclared(root: string): Promise<DeclaredSettings> {
  return parseDeclared(await readFile(join(root, settingsFile), 'utf8'))
}

export function parseDeclared(json: string): DeclaredSettings {
  const result = v.safeParse(Settings, parseJson(json))
  if (result.success) return result.output
  const mistakes = result.issues.map(issue => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`)
  throw new Error(`${settingsFile}: ${mistakes.join('; ')}`)
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (error) {
    throw new Error(`${settingsFile} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
