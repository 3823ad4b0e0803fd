import { askJson, postJson } from '../http.ts'
import type { Proof } from '../proof.ts'
import type { Stack } from '../stack.ts'
import { until } from '../until.ts'

const NAME = 'EndToEndProbe'

type Item = { message: { title: string; type: string }; delivery: { destination: string; state: string } }

/** An alert at Alertmanager ends as a delivered message; one about the delivery plane goes the other way, and only that. */
export const alertPath: Proof = {
  name: 'alert-path',
  async run(stack, signal) {
    const began = performance.now()
    const seconds = () => ((performance.now() - began) / 1000).toFixed(1)
    const labels = { alertname: NAME, severity: 'critical', service: 'e2e' }
    const own = { ...labels, service: 'fairlead-delivery' }
    await post(stack, [{ labels }, { labels: own }])
    await delivered(stack, 'firing', signal)
    const firing = seconds()
    await until(`${NAME} of fairlead-delivery in the log of alert-log`, () => stack.lines('alert-log'), mentions(own), {
      signal,
    })
    const endsAt = new Date().toISOString()
    await post(stack, [
      { labels, endsAt },
      { labels: own, endsAt },
    ])
    await delivered(stack, 'resolved', signal)
    const wrong = (await stack.lines('alert-log')).filter(line => line.includes('"service":"e2e"'))
    if (wrong.length > 0) throw new Error(`alert-log got what was for the delivery plane: ${wrong[0]}`)
    const items = (await messages(stack)).filter(({ message }) => message.title.includes(NAME))
    // The console destination, twice; the alert about the delivery plane has gone elsewhere.
    if (items.length !== 2) throw new Error(`the delivery plane has ${items.length} messages of ${NAME}, expected 2`)
    return `delivered after ${firing} s, resolved after ${seconds()} s; the one about the delivery plane came to alert-log`
  },
}

const post = ({ url }: Stack, alerts: { labels: Record<string, string>; endsAt?: string }[]) =>
  postJson(`${url('alertmanager')}/api/v2/alerts`, alerts)

const mentions =
  ({ alertname, service }: { alertname: string; service: string }) =>
  (lines: string[]) =>
    lines.some(line => line.includes(`"alertname":"${alertname}"`) && line.includes(`"service":"${service}"`))

const messages = async ({ url, apiToken }: Stack): Promise<Item[]> => {
  const headers = { authorization: `Bearer ${apiToken}` }
  return (await askJson<{ items: Item[] }>(`${url('delivery')}/api/messages`, { headers })).items
}

/** In the log that the console destination writes, and as delivered in what operators ask. */
async function delivered(stack: Stack, state: 'firing' | 'resolved', signal: AbortSignal): Promise<void> {
  await until(
    `a line of the console destination, ${NAME} ${state}`,
    () => stack.lines('delivery'),
    lines => lines.some(line => line.includes('"msg":"message"') && line.includes(NAME) && line.includes(`"${state}"`)),
    { signal },
  )
  await until(
    `${NAME} ${state} as delivered in /api/messages`,
    () => messages(stack),
    items =>
      items.some(
        ({ message, delivery }) =>
          message.title.includes(NAME) &&
          message.type === `dev.fairlead.alert.${state}` &&
          delivery.destination === 'console' &&
          delivery.state === 'delivered',
      ),
    { signal },
  )
}
