import { nearest } from '../lib/nearest.ts'
import { parseOptions } from './options.ts'
import { type EnvironmentName, environmentNames } from './signing/identities.ts'
import { type Demand, verifyDigest } from './signing/verify-digest.ts'
import { verifyRecord } from './signing/verify-record.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { conclude } from './verdict.ts'

const demands: readonly Demand[] = ['image', 'chart', 'signature']

export const verify: Step = {
  name: 'verify',
  summary: 'Ask the registry whether an environment may run a digest: who signed it, and how it was built.',
  help: `Usage: ./fairlead verify [--for nonprod|prod|preview|previews-set] [--demand image|chart|signature] [<image>@sha256:<hex>]

  --for <environment>  default: preview for a pull request, else nonprod
  --demand <what>      what beside the signature must be genuine: of an image provenance and SBOM (default), of a chart
                       provenance, and nothing else (signature)

Without an image, every image and chart of the build record, from the commit of the record; the result is written there.
Who may sign for which environment stands in .github/identities.json. An identity with a key in .github/keys is verified
by that key, one without by the certificate of its workflow.`,
  async run(args, context) {
    const { values, positionals } = parseOptions(
      args,
      { for: { type: 'string' }, demand: { type: 'string', default: 'image' } },
      { allowPositionals: true },
    )
    const environment = parseEnvironment(values.for ?? defaultEnvironment(context))
    const demand = oneOf(values.demand, demands, '--demand')
    const [nameAtDigest, ...more] = positionals
    if (more.length > 0) throw new UsageError(`verify takes one image, got also ${more.join(' ')}`)
    return conclude('verify', context, async () => {
      if (nameAtDigest === undefined) return verifyRecord(environment, context)
      const { seen } = await verifyDigest(context, { nameAtDigest, environment, demand })
      return `${environment} accepts ${nameAtDigest}: ${seen}`
    })
  },
}

const defaultEnvironment = ({ env }: Pick<Context, 'env'>) =>
  env.GITHUB_EVENT_NAME === 'pull_request' ? 'preview' : 'nonprod'

const parseEnvironment = (text: string): EnvironmentName => oneOf(text, environmentNames, '--for')

function oneOf<T extends string>(text: string, valid: readonly T[], option: string): T {
  const found = valid.find(each => each === text)
  if (found !== undefined) return found
  const right = nearest(text, valid)
  throw new UsageError(
    `${option}: expected ${valid.join(', ')}, got "${text}"${right ? `; did you mean ${right}?` : ''}`,
  )
}
