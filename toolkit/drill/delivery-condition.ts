import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isMap, parseDocument } from 'yaml'
import { until } from '../e2e/until.ts'
import type { Condition } from './condition.ts'
import { drillKind, healthyUrl } from './files.ts'
import { type Load, startLoad } from './load.ts'
import { compose, type Stack } from './stack.ts'

/** Settings of the delivery plane, by path from the root of its file. `restart` for those that a reload leaves alone. */
export const configured = (settings: Record<string, unknown>, { restart = false } = {}): Condition => {
  let before: string | undefined
  const configure = async (stack: Stack, text: string) => {
    await writeFile(stack.files.deliveryConfig, text)
    if (restart) await restartDelivery(stack)
    else await compose(stack, 'kill', '--signal', 'SIGHUP', 'delivery')
  }
  return {
    async make({ stack }) {
      before = await readFile(stack.files.deliveryConfig, 'utf8')
      const document = parseDocument(before)
      if (!isMap(document.contents)) throw new Error('delivery.yaml: expected a map')
      for (const [path, value] of Object.entries(settings)) document.setIn(path.split('.'), value)
      await configure(stack, document.toString())
    },
    async clear({ stack }) {
      if (before !== undefined) await configure(stack, before)
    },
  }
}

async function restartDelivery(stack: Stack): Promise<void> {
  await compose(stack, 'restart', 'delivery')
  const ask = async () => (await fetch(`${stack.urls.delivery}/healthz`, { signal: AbortSignal.timeout(5000) })).status
  await until('an answer of delivery', ask, status => status === 200, { signal: stack.signal, deadlineMs: 60_000 })
}

/** The destination of the drills refuses every connection, and a delivery is given up after so many attempts. */
export const deadDestination = (maxAttempts: number): Condition =>
  configured({
    'destinations.drill.url': healthyUrl.replace(':8080', ':1'),
    'destinations.drill.retry.maxAttempts': maxAttempts,
  })

/** Somebody who posts again and again with a token that is not ours. */
export function stranger(): Condition {
  let load: Load | undefined
  return {
    async make({ stack }) {
      const request = { method: 'POST', headers: { authorization: 'Bearer nobody' }, body: '{}' }
      load = startLoad(`${stack.urls.delivery}/alertmanager`, 2, request)
    },
    clear: async () => void (await load?.stop()),
  }
}

/** Messages for the destination of the drills, of so many bytes; those that were given up are discarded at the end. */
export const messages = (count: number, bytes = 10): Condition => ({
  async make({ stack }) {
    const token = (await readFile(join(stack.root, 'prometheus/delivery-token'), 'utf8')).trim()
    for (let sent = 0; sent < count; sent++) {
      // Not all between two scrapes: what a counter begins with is no increase.
      if (sent > 0) await delay(100, undefined, { signal: stack.signal })
      // 503 is what some drills are about.
      await post(
        `${stack.urls.delivery}/webhook`,
        token,
        fluxEvent(`drill-${Date.now()}-${sent}`, bytes),
        [200, 202, 503],
      )
    }
  },
  async clear({ stack }) {
    const body = { destination: 'drill' }
    await post(`${stack.urls.delivery}/api/discard`, operatorToken(stack), body, [200])
  },
})

const operatorToken = ({ env }: Stack) => env.DELIVERY_API_TOKEN ?? 'local-only-operator' // as in docker-compose.yml

async function post(url: string, token: string, body: object, expected: number[]): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(20_000)
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
  const text = await answer.text()
  if (!expected.includes(answer.status)) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`)
}

/** As a controller of Flux would send it, about an object of our own kind. */
const fluxEvent = (name: string, bytes: number) => ({
  involvedObject: { kind: drillKind, namespace: 'default', name },
  severity: 'info',
  timestamp: new Date().toISOString(),
  reason: 'Drilled',
  message: 'x'.repeat(bytes),
  reportingController: 'drill',
})
