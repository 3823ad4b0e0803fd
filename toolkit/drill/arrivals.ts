import { followLog, type Stack } from './stack.ts'

/** Where an alert ends: the console of the delivery plane, or the receiver that does not pass through it. */
export type End = 'delivery' | 'alert-log'

export type Arrival = { state: 'firing' | 'resolved'; at: number }

/** As prometheus/alertmanager.yml routes: the delivery plane does not report on itself, nor on whether anything is reported. */
export const endOf = (alert: string): End => (/^(Watchdog$|Fairlead)/.test(alert) ? 'alert-log' : 'delivery')

/** What arrives of one alert from now on, oldest first; filled while the log is followed. */
export async function followArrivals(stack: Stack, alert: string) {
  const arrivals: Arrival[] = []
  const end = endOf(alert)
  const read = end === 'delivery' ? readConsole : readNotification
  const stop = await followLog(stack, end, new Date(), line => {
    const state = read(line, alert)
    if (state !== undefined) arrivals.push({ state, at: performance.now() })
  })
  return { arrivals, stop }
}

/** A line of the console sink (delivery/sinks/console.ts). */
export function readConsole(line: string, alert: string): Arrival['state'] | undefined {
  if (!line.startsWith('{') || !line.includes('"message"')) return undefined
  const { destination, message }: { destination?: string; message?: { subject?: string; state?: string } } =
    JSON.parse(line)
  if (destination !== 'console' || !message?.subject?.startsWith('Alert/') || !message.subject.endsWith(`/${alert}`))
    return undefined
  return message.state === 'firing' || message.state === 'resolved' ? message.state : undefined
}

/**
 * What Alertmanager posted, as the test endpoint prints it: cut after 2000 bytes, so no JSON any more. A group is one
 * alert name, and its first alert stands in the part that is left; the state is that of the whole group.
 */
export function readNotification(line: string, alert: string): Arrival['state'] | undefined {
  const [, state] = /^\{"receiver":"[^"]*","status":"(firing|resolved)"/.exec(line) ?? []
  if (!line.includes(`"alertname":${JSON.stringify(alert)}`)) return undefined
  return state === 'firing' || state === 'resolved' ? state : undefined
}
