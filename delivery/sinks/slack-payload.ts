import { type Message, type Severity, subjectKey } from '../message.ts'
import { oneLine } from './text.ts'

// https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/messaging/formatting-message-text
const limits = { text: 3000, header: 150, section: 3000, context: 2000 }
const marks: Record<Severity, string> = { info: 'ℹ️', warning: '⚠️', error: '❌', critical: '🚨' }

/** What an incoming webhook takes: a line for the notification, and blocks for the channel. */
export function payloadOf(message: Message) {
  const { title, text, severity, reason, state, count, link } = message
  const mark = state === 'resolved' ? '✅' : marks[severity]
  const heading = `${mark} ${oneLine(title.toWellFormed()) || reason}`
  const body = text.toWellFormed().trim()
  const open = link !== undefined && URL.canParse(link) && link.length <= 500 ? `<${escapeLink(link)}|Open>` : ''
  const about = [
    reason,
    subjectKey(message.subject),
    message.controller,
    message.revision,
    count > 1 ? `${count} times` : '',
  ]
  const facts = about.filter(fact => fact !== undefined && fact !== '').join(' · ')
  const context = [cutMarkup(oneLine(facts), limits.context - open.length - 3), open].filter(part => part !== '')
  return {
    text: cutMarkup(heading, limits.text),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cutUnits(heading, limits.header) } },
      ...(body === '' ? [] : [{ type: 'section', text: markup(cutMarkup(body, limits.section)) }]),
      { type: 'context', elements: [markup(context.join(' · '))] },
    ],
  }
}

// verbatim: a name in a text turns into no mention of anybody.
const markup = (text: string) => ({ type: 'mrkdwn', text, verbatim: true })

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const escapeLink = (link: string) => new URL(link).href.replace(/[<>|]/g, encodeURIComponent).replaceAll('&', '&amp;')

const escapeMarkup = (character: string) => escapes[character] ?? character

const cutMarkup = (text: string, max: number) => cutUnits(text, max, escapeMarkup)

/** Cuts between two characters so that the text fits as it is sent: in UTF-16 units, which are never fewer than what Slack counts. */
function cutUnits(text: string, max: number, encode = (character: string) => character): string {
  const marker = '… (cut)'
  let escaped = ''
  let kept = 0
  for (const character of text) {
    escaped += encode(character)
    if (escaped.length <= max - marker.length) kept = escaped.length
    if (escaped.length > max) return escaped.slice(0, kept) + marker
  }
  return escaped
}
