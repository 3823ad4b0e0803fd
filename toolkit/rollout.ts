import { run } from './exec.ts'
import { createGithubApi } from './github-api.ts'
import { NotRun } from './not-run.ts'
import { parseOptions } from './options.ts'
import { expectedIn, releaseIn } from './rollout/expected.ts'
import { waitForFlux } from './rollout/flux-status.ts'
import { comparePods } from './rollout/pods.ts'
import { smokeTest } from './rollout/smoke.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { conclude, Skipped } from './verdict.ts'

export const rollout: Step = {
  name: 'rollout',
  summary: 'Wait until Flux has rolled a promotion out, and look whether it did.',
  help: `Usage: ./fairlead rollout [--environment nonprod] [--timeout 15m] [--artifact service]

Does what is configured, in this order; with none of the three there is no cluster, and it is skipped:

  FLUX_STATUS   waits for the commit status that Flux gives: a context such as flux/nonprod/{digest} ({digest}: 64 digits of
                the artifact that nonprod follows) or kustomization/shop-prod/* (* stands for anything). GITHUB_TOKEN needs
                statuses: read
  PUBLIC_URL    asks /, and that /metrics, /admin and the probes are not published
  KUBECONFIG    compares the digest of every running pod

  --environment <name>   nonprod (default) or prod
  --timeout <time>       how long to wait for Flux, such as 90s or 15m; default 15m
  --artifact <name>      of the build record, for KUBECONFIG in nonprod; default service`,
  async run(args, context) {
    const { values } = parseOptions(args, {
      environment: { type: 'string', default: 'nonprod' },
      timeout: { type: 'string', default: '15m' },
      artifact: { type: 'string', default: 'service' },
    })
    const { environment, artifact } = values
    if (environment !== 'nonprod' && environment !== 'prod')
      throw new UsageError(`--environment: expected nonprod or prod, got "${environment}"`)
    const timeoutMs = parseTime(values.timeout)
    context.print(
      `rollout: waits for ${environment}, and looks at what FLUX_STATUS, PUBLIC_URL and KUBECONFIG show of it`,
    )
    return conclude('rollout', context, () => follow({ environment, artifact, timeoutMs }, context))
  },
}

type Wanted = { environment: 'nonprod' | 'prod'; artifact: string; timeoutMs: number }

async function follow({ environment, artifact, timeoutMs }: Wanted, context: Context): Promise<string> {
  const { FLUX_STATUS: status, PUBLIC_URL: url, KUBECONFIG: kubeconfig } = context.env
  if (status === undefined && url === undefined && kubeconfig === undefined)
    throw new Skipped(`no cluster is configured for ${environment}: set FLUX_STATUS, PUBLIC_URL or KUBECONFIG`)
  const seen: string[] = []
  const step = async (work: Promise<string>) => {
    const found = await work
    context.print(found)
    seen.push(found)
  }
  if (status) await step(awaitFlux(status, { environment, artifact, timeoutMs }, context))
  if (url) await step(smokeTest(url, context))
  if (kubeconfig) await step(lookAtPods(environment, artifact, context))
  return seen.join('; ')
}

async function awaitFlux(status: string, { environment, timeoutMs }: Wanted, context: Context): Promise<string> {
  const { commit, artifact } = await expectedIn(environment, context)
  if (status.includes('{digest}') && artifact === undefined)
    throw new Error(
      `FLUX_STATUS: {digest} is that of the artifact in nonprod; ${environment} follows git, got "${status}"`,
    )
  const pattern = status.replaceAll('{digest}', artifact ?? '')
  return waitForFlux(createGithubApi(context), { commit, pattern, timeoutMs }, context)
}

async function lookAtPods(environment: Wanted['environment'], artifact: string, context: Context): Promise<string> {
  const { name, namespace, digest } = await releaseIn(environment, artifact, context)
  const selector = `app.kubernetes.io/instance=${name}`
  const args = [
    '--request-timeout=60s',
    '--namespace',
    namespace,
    'get',
    'pods',
    '--selector',
    selector,
    '--output=json',
  ]
  const { root, env, signal } = context
  const { code, stdout, stderr } = await run('kubectl', args, { cwd: root, env, signal }).catch((error: Error) => {
    throw new NotRun(`${error.message}; install kubectl, or unset KUBECONFIG`, { cause: error })
  })
  if (code !== 0) throw new Error(`kubectl get pods in ${namespace} ended with ${code}: ${stderr.trim().slice(0, 500)}`)
  return `${namespace}: ${comparePods(stdout, digest)}`
}

export function parseTime(text: string): number {
  const [, number, unit = ''] = /^(\d{1,5})(s|m)$/.exec(text) ?? []
  if (number === undefined) throw new UsageError(`--timeout: expected a time such as 90s or 15m, got "${text}"`)
  return Number(number) * (unit === 'm' ? 60_000 : 1000)
}
