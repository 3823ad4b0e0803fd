import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isMap, parseDocument } from 'yaml'
import { drillKind, healthyUrl } from './files.ts'
import { compose, type Stack, type Traffic } from './stack.ts'
import { until } from './watch.ts'

/** A place to break things in, and who asks the service meanwhile. */
export type Scene = { stack: Stack; traffic: Traffic }

/** What makes an alert true. Both ends are done once; `clear` is done even when we are told to stop. */
export type Condition = { make(scene: Scene): Promise<void>; clear(scene: Scene): Promise<void> }

/** What the service answers while nothing is wrong: enough for every guard against few events. */
export const calm = { path: '/', perSecond: 20 }

/** What was broken first is mended first, and the other one is mended even when that fails. */
export const both = (first: Condition, second: Condition): Condition => ({
  async make(scene) {
    await first.make(scene)
    await second.make(scene)
  },
  async clear(scene) {
    try {
      await first.clear(scene)
    } finally {
      await second.clear(scene)
    }
  },
})

/** A container that is not there any more; as after a crash that nobody restarts. */
export const stopped = (service: string): Condition => ({
  make: async ({ stack }) => void (await compose(stack, 'stop', service)),
  clear: async ({ stack }) => void (await compose(stack, 'start', service)),
})

/** A flag that has this variant, in the file that flagd watches. */
export const flagged = (flag: string, variant: string): Condition => ({
  make: ({ stack }) => setVariant(stack, flag, variant),
  clear: ({ stack }) => setVariant(stack, flag, 'off'),
})

async function setVariant({ files }: Stack, flag: string, variant: string): Promise<void> {
  const file: { flags: Record<string, { variants: object; defaultVariant: string }> } = JSON.parse(
    await readFile(files.flags, 'utf8'), // a copy of flags/flags.json, which flagd and the tests hold in shape
  )
  const found = file.flags[flag]
  if (!found || !(variant in found.variants))
    throw new Error(`flags/flags.json has no flag ${flag} with a variant ${variant}; were the faults deleted?`)
  found.defaultVariant = variant
  await writeFile(files.flags, JSON.stringify(file, undefined, 2)) // in place: flagd watches the file
}

export const noTraffic: Condition = {
  make: ({ traffic }) => traffic.set(calm.path, 0),
  clear: ({ traffic }) => traffic.set(calm.path, calm.perSecond),
}

/** Requests for something that only the database knows. A fork that has deleted the sample names a route of its own. */
export const databaseTraffic: Condition = {
  make: ({ traffic }) => traffic.set('/users/1/orders', calm.perSecond),
  clear: ({ traffic }) => traffic.set(calm.path, calm.perSecond),
}

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
  await until({ signal: stack.signal, deadlineMs: 60_000, what: 'an answer of delivery' }, async () => {
    const { status } = await fetch(`${stack.urls.delivery}/healthz`, { signal: AbortSignal.timeout(5000) })
    return status === 200 ? { found: true } : { seen: `/healthz answers ${status}` }
  })
}

/** The destination of the drills refuses every connection, and a delivery is given up after so many attempts. */
export const deadDestination = (maxAttempts: number): Condition =>
  configured({
    'destinations.drill.url': healthyUrl.replace(':8080', ':1'),
    'destinations.drill.retry.maxAttempts': maxAttempts,
  })

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
