import { inNamespace, type Setting } from './setting.ts'

type Item = { message: { subject: { name: string } }; delivery?: { state: string } }

/** What the ledger has about messages, by the state of their delivery; asked in a pod, with the image's own command. */
export async function readLedger(
  { kubectl }: Setting,
  pod: string,
  prefix: string,
): Promise<{ states: Record<string, number> }> {
  const list = ['/nodejs/bin/node', '/app/delivery/cli.js', 'list', '--json', '--limit=200']
  const { items }: { items: Item[] } = JSON.parse(await kubectl('exec', inNamespace, pod, '--', ...list))
  const states: Record<string, number> = {}
  for (const { message, delivery } of items) {
    if (!message.subject.name.startsWith(`${prefix}-`)) continue
    const state = delivery?.state ?? 'nobody'
    states[state] = (states[state] ?? 0) + 1
  }
  return { states }
}
