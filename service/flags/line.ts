import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client, ProviderEvents } from '@openfeature/server-sdk'
import type { quietLog } from './quiet-log.ts'
import type { FlagdSettings } from './settings.ts'

const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 5000

/** One connection to flagd, or one file: a provider in an OpenFeature domain of its own. */
export type Line = {
  /** Undefined until the first event. */
  client(): Client | undefined
  close(): Promise<void>
}

/** Opens in the background and keeps trying. `onEvent` gets what the provider reports, `onBroken` what ends all trying. */
export function openLine(
  settings: FlagdSettings,
  log: ReturnType<typeof quietLog>,
  onEvent: (event: ProviderEvents) => void,
  onBroken: (error: unknown) => void,
): Line {
  const closing = new AbortController()
  const { signal } = closing
  const isFile = settings.offlineFlagSourcePath !== undefined
  let client: Client | undefined
  let unbind = () => {}

  async function open() {
    const [{ OpenFeature, NOOP_PROVIDER, ProviderEvents }, { FlagdProvider }] = await Promise.all([
      import('@openfeature/server-sdk'),
      import('@openfeature/flagd-provider'),
    ])
    const domain = `flags-${randomUUID()}`
    client = OpenFeature.getClient(domain).setLogger(log)
    for (const event of Object.values(ProviderEvents)) client.addHandler(event, () => onEvent(event), { signal })
    for (let waitMs = FIRST_RETRY_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, MAX_RETRY_MS)) {
      const provider = new FlagdProvider(settings, log)
      unbind = () => {
        stopReconnecting(provider)
        OpenFeature.setProvider(domain, NOOP_PROVIDER) // closes the one before
      }
      const ready = await OpenFeature.setProviderAndWait(domain, provider).then(
        () => true,
        () => false, // the provider has logged why
      )
      // Over gRPC the provider goes on trying by itself; a file that it could not read at first it never reads again.
      if (ready || !isFile) return
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {}) // aborted: the loop ends
    }
  }

  const opening = open().catch(onBroken)
  return {
    client: () => client,
    async close() {
      closing.abort()
      // A read of the file that is on its way would install its watcher after the close.
      if (isFile) await opening
      unbind()
    },
  }
}

/**
 * A provider that is closed while flagd is away goes on reconnecting and keeps the process alive (0.16.1): onClose ends
 * the channel, not the loop around it, and nothing public does. A test holds that the process ends.
 */
function stopReconnecting(provider: object): void {
  const service = part(provider, '_service')
  for (const loop of [service, part(service, '_dataFetcher')]) {
    if (loop !== undefined && 'listen' in loop) Object.assign(loop, { listen() {}, handleError() {} })
  }
}

function part(of: object | undefined, name: string): object | undefined {
  const value: unknown = of && Reflect.get(of, name)
  return typeof value === 'object' && value !== null ? value : undefined
}
