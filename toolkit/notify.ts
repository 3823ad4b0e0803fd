import { readGithub, readPayload } from './github.ts'
import { isRed, lastConclusion } from './notify/last-run.ts'
import { type Message, type Result, readResults } from './notify/message.ts'
import { type Post, post } from './notify/post.ts'
import { slackPayload } from './notify/slack.ts'
import { readSecret, webhookBody, webhookHeaders } from './notify/webhook.ts'
import { parseOptions } from './options.ts'
import { readSource } from './record/source.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { conclude, Skipped } from './verdict.ts'

export const notify: Step = {
  name: 'notify',
  summary: 'Tell Slack and a signed webhook that a pipeline failed, or works again.',
  help: `Usage: ./fairlead notify [--result failed|recovered] [--strict]

In a workflow it knows by itself: NEEDS (toJSON(needs)) says how the other jobs ended, and GitHub (GITHUB_TOKEN with
actions: read) how the run before did. A failure is told each time, a success only after a failure.

  SLACK_WEBHOOK_URL                an incoming webhook of Slack
  WEBHOOK_URL and WEBHOOK_SECRET   any address, signed as Standard Webhooks say (./fairlead verify-webhook)

  --result <word>   failed or recovered: tells this, to try a channel out
  --strict          exit 1 when nobody could be told. Without it that is a red line and an annotation, but not the end of a
                    green pipeline: the deployment it would speak of has happened`,
  async run(args, context) {
    const { values } = parseOptions(args, { result: { type: 'string' }, strict: { type: 'boolean', default: false } })
    const { result, strict } = values
    if (result !== undefined && result !== 'failed' && result !== 'recovered')
      throw new UsageError(`--result: expected failed or recovered, got "${result}"`)
    context.print('notify: tells Slack and a webhook, where they are configured, of a failure or a recovery')
    const code = await conclude('notify', context, () => tell(result, context))
    return strict ? code : 0
  },
}

async function tell(given: Result | undefined, context: Context): Promise<string> {
  const { SLACK_WEBHOOK_URL: slack, WEBHOOK_URL: webhook, WEBHOOK_SECRET: secret } = context.env
  if (slack === undefined && webhook === undefined)
    throw new Skipped('nobody is told: neither SLACK_WEBHOOK_URL nor WEBHOOK_URL is set')
  const { result, jobs, why } = given ? { result: given, jobs: [], why: '' } : await decide(context)
  if (result === undefined) return `nothing to tell: ${why}`
  const message = await readMessage(result, jobs, context)
  const posts = [
    ...(slack ? [slackPost(slack, message)] : []),
    ...(webhook ? [webhookPost(webhook, secret, message)] : []),
  ]
  const settled = await Promise.allSettled(posts.map(each => post(each, context)))
  context.signal.throwIfAborted()
  const failures = settled.filter(each => each.status === 'rejected').map(each => (each.reason as Error).message) // post throws nothing else
  if (failures.length > 0) throw new Error(`not everybody was told that it ${result}: ${failures.join('; ')}`)
  return `told ${posts.map(each => each.name).join(' and ')}: ${result}`
}

type Decision = { result: Result | undefined; jobs: string[]; why: string }

async function decide(context: Context): Promise<Decision> {
  const { outcome, jobs } = readResults(context.env)
  if (outcome === 'failure') return { result: 'failed', jobs, why: '' }
  if (outcome === 'cancelled') return { result: undefined, jobs, why: 'the run was cancelled' }
  const last = await lastConclusion(context)
  if (isRed(last)) return { result: 'recovered', jobs, why: '' }
  return { result: undefined, jobs, why: `all is well, as in the run before (${last ?? 'there is none'})` }
}

async function readMessage(result: Result, jobs: string[], context: Context): Promise<Message> {
  const { env } = context
  const github = readGithub(env)
  const { repository, commit, ref } = await readSource(context)
  const payload = github ? await readPayload(github) : {}
  return {
    result,
    jobs,
    repository,
    commit,
    ref,
    workflow: env.GITHUB_WORKFLOW ?? 'a pipeline on a laptop',
    title: payload.head_commit?.message.split('\n')[0] ?? '',
    by: github?.actor ?? 'somebody',
    url: github?.runUrl ?? '',
    id: `pipeline_${env.GITHUB_RUN_ID ?? commit}_${env.GITHUB_RUN_ATTEMPT ?? '1'}_${result}`,
  }
}

const slackPost = (url: string, message: Message): Post => ({
  name: 'Slack (SLACK_WEBHOOK_URL)',
  url,
  request: () => ({ body: JSON.stringify(slackPayload(message)), headers: {} }),
  complaint: answer => (answer.trim() === 'ok' ? undefined : 'it answered 200, but not "ok"'),
})

function webhookPost(url: string, secret: string | undefined, message: Message): Post {
  const key = readSecret(secret)
  const body = webhookBody(message, new Date())
  return {
    name: 'the webhook (WEBHOOK_URL)',
    url,
    request: () => ({ body, headers: webhookHeaders(key, message.id, body, new Date()) }),
  }
}
