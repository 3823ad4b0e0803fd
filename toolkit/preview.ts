import { addSummary, annotate, escapeMarkdown } from './github.ts'
import { createGithubApi } from './github-api.ts'
import { parseOptions } from './options.ts'
import { choosePulls, type LeftOut, label } from './preview/choose.ts'
import { collectPreviews } from './preview/collect.ts'
import { createEvidence, publishSet } from './preview/publish.ts'
import type { Preview } from './preview/render.ts'
import { readSettings } from './preview/settings.ts'
import { withLogin } from './registry/login.ts'
import { chartName, imageName, registryBase } from './registry/reference.ts'
import type { Context, Step } from './step.ts'
import { conclude } from './verdict.ts'

export const preview: Step = {
  name: 'preview',
  summary: 'Publish the set of previews that Flux follows: one for each open pull request that asks for one.',
  help: `Usage: ./fairlead preview

A pull request asks by the label "${label}". The set is declared anew each time, so one that was closed or lost its label is gone
from it, and Flux removes its namespace. Pull requests from forks get none.

  PREVIEW_DOMAIN  where previews are reached: pr-<number>.<domain>; without it the step is skipped
  PREVIEW_CAP     how many there may be at once, the newest ones (default: 5)
  GITHUB_TOKEN    reads pull requests (pull-requests: read); REGISTRY_USER, REGISTRY_PASSWORD or the token log in to the registry`,
  async run(args, context) {
    parseOptions(args, {})
    context.print(`publishes the set of previews of the open pull requests with the label "${label}"`)
    return conclude('preview', context, () => publishPreviews(context))
  },
}

async function publishPreviews(context: Context): Promise<string> {
  const { domain, cap } = readSettings(context.env)
  const github = createGithubApi(context)
  const { chosen, leftOut } = choosePulls(await github.listPulls(), { repository: github.repository, cap })
  const base = registryBase(context.env)
  return withLogin(context, base, async loggedIn => {
    const where = { image: imageName(base, 'service'), chart: chartName(base, 'service'), domain }
    const collected = await collectPreviews(chosen, where, await createEvidence(loggedIn))
    const { name, digest, isNew } = await publishSet(collected.previews, base, loggedIn)
    await tell(collected.previews, [...leftOut, ...collected.leftOut], context)
    const what = collected.previews.map(({ host }) => host).join(', ') || 'no preview'
    return `${what}; ${name}@${digest}${isNew ? '' : ', which is there already'}`
  })
}

async function tell(previews: readonly Preview[], leftOut: readonly LeftOut[], context: Context): Promise<void> {
  for (const { number, why } of leftOut)
    annotate(context, { level: 'warning', title: 'preview' }, `pull request ${number} gets no preview: ${why}`)
  const rows = previews.map(({ number, host }) => `- #${number}: https://${escapeMarkdown(host)}`)
  if (rows.length > 0) await addSummary(context, rows.join('\n'))
}
