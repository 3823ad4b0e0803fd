import type { Kubectl } from '../../cluster/kubectl.ts'
import { inNamespace } from './setting.ts'

type Event = { lastTimestamp: string | null; eventTime: string | null }

/** When the newest migration Job ended well; the Job itself is gone by then, but the events about it stay. */
export async function migratedAt(kubectl: Kubectl): Promise<number> {
  const fields = '--field-selector=involvedObject.kind=Job,reason=Completed'
  const text = await kubectl('get', 'events', inNamespace, fields, '--output=json')
  const { items }: { items: Event[] } = JSON.parse(text) // Kubernetes' own format
  const times = items.map(each => Date.parse(each.lastTimestamp ?? each.eventTime ?? ''))
  if (times.length === 0) throw new Error('no Job of the release has completed')
  return Math.max(...times)
}
