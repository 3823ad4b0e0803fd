import type { Message } from './message.ts'

// https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/messaging/formatting-message-text
const limits = { header: 150, section: 3000, url: 3000 }

/** What an incoming webhook takes: a line for the notification, and blocks for the channel. */
export function slackPayload(message: Message) {
  const { result, repository, workflow, ref, commit, title, by, jobs, url } = message
  const heading = `${result === 'failed' ? '❌' : '✅'} ${repository}: ${workflow} ${result === 'failed' ? 'failed' : 'works again'}`
  const facts = [
    ...(jobs.length > 0 ? [`*jobs* ${escapeMarkup(jobs.join(', '))}`] : []),
    `*commit* ${escapeMarkup(`${commit.slice(0, 12)} on ${ref}`)}`,
    ...(title === '' ? [] : [escapeMarkup(title)]),
    `*by* ${escapeMarkup(by)}`,
  ]
  const button = { type: 'button', text: { type: 'plain_text', text: 'Open the run' }, url }
  return {
    text: cut(escapeMarkup(heading), limits.section),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(heading, limits.header) } },
      // verbatim: a name in a text turns into no mention of anybody
      { type: 'section', text: { type: 'mrkdwn', text: cut(facts.join('\n'), limits.section), verbatim: true } },
      ...(URL.canParse(url) && url.length <= limits.url ? [{ type: 'actions', elements: [button] }] : []),
    ],
  }
}

const escapeMarkup = (text: string) =>
  text.toWellFormed().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Never through the middle of a character or of an escape; Slack counts no more than UTF-16 does. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text
  const marker = '… (cut)'
  return (
    text
      .slice(0, max - marker.length)
      .toWellFormed()
      .replace(/\uFFFD$|&[a-z]{0,3}$/, '') + marker
  )
}
