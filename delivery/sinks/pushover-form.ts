import { type Message, type Severity, subjectKey } from '../message.ts'
import { countCharacters, cutText, oneLine } from './text.ts'

export type PushoverSettings = {
  priorities: Readonly<Record<Severity, Priority>>
  device?: string
  sound?: string
  /** For priority 2: how often, and for how long, it is repeated until somebody acknowledges it. In seconds. */
  retry: number
  expire: number
}
export type Priority = -2 | -1 | 0 | 1 | 2

// https://pushover.net/api#limits, in code points.
const limits = { message: 1024, title: 250, url: 512, urlTitle: 100 }

/** The fields of one message; every limit holds after everything has been added. */
export function formOf(message: Message, settings: PushoverSettings): Record<string, string> {
  const { device, sound } = settings
  const link = linkOf(message)
  const priority =
    message.state === 'resolved'
      ? Math.min(0, settings.priorities[message.severity])
      : settings.priorities[message.severity]
  return {
    title: cutText(oneLine(message.title.toWellFormed()) || message.reason, limits.title),
    message: textOf(message, link),
    priority: String(priority),
    timestamp: String(Math.floor(Date.parse(message.time) / 1000)),
    ...(link !== undefined && { url: link, url_title: cutText(`Open ${message.subject.kind}`, limits.urlTitle) }),
    ...(priority === 2 && { retry: String(settings.retry), expire: String(settings.expire) }),
    ...(device !== undefined && { device }),
    ...(sound !== undefined && { sound }),
  }
}

/** A link that is cut leads nowhere. */
const linkOf = ({ link }: Message) =>
  link !== undefined && URL.canParse(link) && countCharacters(link) <= limits.url ? link : undefined

/** Head and tail always stay; the text between them gets the room that is left, and says where the rest is. */
function textOf(message: Message, link: string | undefined): string {
  const { severity, reason, count, subject, controller, revision } = message
  const head = `${severity}: ${cutText(oneLine(reason), 100)}${count > 1 ? ` (${count} times)` : ''}`
  const about = [
    cutText(oneLine(subjectKey(subject)), 200),
    controller === undefined ? '' : cutText(oneLine(controller), 60),
    revision === undefined ? '' : cutText(oneLine(revision), 120),
  ]
  const tail = about.filter(part => part !== '').join('\n')
  const room = limits.message - countCharacters(`${head}\n\n${tail}`)
  const text = message.text.toWellFormed().trim()
  const marker = room > 300 && link !== undefined && countCharacters(link) < room - 200 ? `… (cut) ${link}` : '… (cut)'
  return [head, ...(text === '' ? [] : [cutText(text, room, marker)]), tail].join('\n')
}
