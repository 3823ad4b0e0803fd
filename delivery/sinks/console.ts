import type { Logger } from 'pino'
import { subjectKey } from '../message.ts'
import type { Sink } from './sink.ts'
import { cutText } from './text.ts'

/** Writes each message as one line of the log, for whoever tries things out or ships logs anyway. */
export function createConsoleSink({ name }: { name: string }, { log }: { log: Logger }): Sink {
  return {
    async send(message) {
      const { id, type, severity, reason, title, text, time, state, count, sequence } = message
      const subject = subjectKey(message.subject)
      const fields = { id, type, subject, severity, reason, title, time, state, count, sequence }
      log.info({ destination: name, message: { ...fields, text: cutText(text, 2000) } }, 'message')
      return { kind: 'delivered', class: 'success', answer: 'written to the log' }
    },
    close: async () => {},
  }
}
