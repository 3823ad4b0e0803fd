import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'

export const identitiesFile = '.github/identities.json'

/** Who may sign. `previews` signs the list of previews that a cluster follows, and never an image. */
export const identityNames = ['pull-request', 'trunk', 'release', 'previews'] as const
export type IdentityName = (typeof identityNames)[number]

/** What is verified before it runs: the images of previews, the list of previews, and the two environments. */
export const environmentNames = ['preview', 'previews-set', 'nonprod', 'prod'] as const
export type EnvironmentName = (typeof environmentNames)[number]

// Without TLS on this machine only, where tests have an issuer of their own.
const url = v.pipe(
  v.string(),
  v.regex(
    /^(https:\/\/[\w.-]+|http:\/\/127\.0\.0\.1)(:\d+)?(\/[\w./-]*\w)?$/,
    'expected https://<host>, no slash at the end',
  ),
)
const repository = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]+\/[\w.-]+$/, 'expected <owner>/<name>'))
const workflow = v.pipe(v.string(), v.regex(/^[\w-][\w.-]*\.ya?ml$/, 'expected the name of a file, such as ci.yml'))
// A star stands for one part between slashes. Anything wider would let a branch of that name in.
const ref = v.pipe(
  v.string(),
  v.regex(
    /^refs\/(heads|tags|pull)\/(?=.*[^*/])[\w.*/-]*[\w*]$/,
    'expected refs/(heads|tags|pull)/…, of which not all is *',
  ),
)

const Identity = v.strictObject({
  workflow,
  ref,
  /** The event that the workflow runs on. Without one any event will do: `pull_request_target`, too, runs on the ref of main. */
  event: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]+$/, 'expected the name of an event, such as push'))),
})

const accepted = v.pipe(v.array(v.picklist(identityNames)), v.minLength(1, 'expected one identity at least'))
const Identities = v.strictObject({
  server: url,
  repository,
  issuer: url,
  workflows: v.pipe(v.string(), v.regex(/^[\w.-]+(\/[\w.-]+)*$/, 'expected a folder, such as .github/workflows')),
  identities: v.strictObject({ 'pull-request': Identity, trunk: Identity, release: Identity, previews: Identity }),
  environments: v.strictObject({ preview: accepted, 'previews-set': accepted, nonprod: accepted, prod: accepted }),
})
export type Identities = v.InferOutput<typeof Identities>

/** The one list that every verifier is written from: `verify`, and the Flux objects of each environment. */
export async function readIdentities(root: string): Promise<Identities> {
  return parseIdentities(await readFile(join(root, identitiesFile), 'utf8'))
}

export function parseIdentities(text: string): Identities {
  const { issues, output, success } = v.safeParse(Identities, parseJson(text))
  if (!success) {
    const mistakes = issues.map(issue => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`)
    throw new Error(`${identitiesFile}: ${mistakes.join('; ')}`)
  }
  // DESIGN.md 10a: nobody has reviewed what a pull request runs.
  for (const environment of ['nonprod', 'prod'] as const)
    for (const name of ['pull-request', 'previews'] as const)
      if (output.environments[environment].includes(name))
        throw new Error(
          `${identitiesFile}: environments.${environment} must not accept ${name}: nobody has reviewed what it signs`,
        )
  return output
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${identitiesFile} is no JSON: ${(error as Error).message}`, { cause: error })
  }
}

/**
 * What the certificate of that identity says of itself (SAN of Fulcio for GitHub: the workflow file at its ref), as an anchored
 * pattern that Go and JavaScript read alike.
 */
export const certificateIdentity = (identities: Identities, name: IdentityName): string =>
  `^${subjectPattern(identities, name)}$`

/** All that an environment accepts, in one pattern: source-controller verifies a bundle against one identity only. */
export function acceptedIdentity(identities: Identities, environment: EnvironmentName): string {
  const [first, ...more] = identities.environments[environment].map(name => subjectPattern(identities, name))
  return more.length === 0 ? `^${first}$` : `^(?:${[first, ...more].join('|')})$`
}

export const issuerPattern = ({ issuer }: Identities): string => `^${literal(issuer)}$`

export const environmentAccepts = (identities: Identities, environment: EnvironmentName, name: IdentityName): boolean =>
  identities.environments[environment].includes(name)

/** For people: which workflow on which ref, such as "trunk (ci.yml@refs/heads/main)". */
export function describeIdentity({ identities }: Identities, name: IdentityName): string {
  const { workflow, ref } = identities[name]
  return `${name} (${workflow}@${ref})`
}

/** Which identity a certificate's subject is, if it is one of ours. */
export const identityOf = (identities: Identities, subject: string): IdentityName | undefined =>
  identityNames.find(name => new RegExp(certificateIdentity(identities, name)).test(subject))

function subjectPattern({ server, repository, workflows, identities }: Identities, name: IdentityName): string {
  const { workflow, ref } = identities[name]
  const part = '[A-Za-z0-9._-]+'
  return `${literal(`${server}/${repository}/${workflows}/${workflow}@`)}${ref.split('*').map(literal).join(part)}`
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
