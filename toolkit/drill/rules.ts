import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSeq, parseDocument } from 'yaml'
import type { Stack } from './stack.ts'

/** Takes alerts out of the rules that Prometheus has loaded, and gives a way to put them back. */
export async function takeOut({ files, urls }: Stack, alerts: readonly string[]): Promise<() => Promise<void>> {
  if (alerts.length === 0) return async () => {}
  const texts = new Map<string, string>()
  for (const name of await readdir(files.rules)) {
    const file = join(files.rules, name)
    const text = await readFile(file, 'utf8')
    const left = withoutAlerts(text, alerts)
    if (left === text) continue
    texts.set(file, text)
    await writeFile(file, left)
  }
  await reload(urls.prometheus)
  return async () => {
    for (const [file, text] of texts) await writeFile(file, text)
    await reload(urls.prometheus)
  }
}

/** The text itself when it has none of them. */
export function withoutAlerts(text: string, alerts: readonly string[]): string {
  const document = parseDocument(text)
  const { groups = [] }: { groups?: { rules?: { alert?: string }[] }[] } = document.toJS() // promtool holds the shape
  let isChanged = false
  for (const [g, { rules = [] }] of groups.entries()) {
    const list = document.getIn(['groups', g, 'rules'])
    for (const [r, { alert }] of [...rules.entries()].reverse()) {
      if (alert === undefined || !alerts.includes(alert) || !isSeq(list)) continue
      list.delete(r)
      isChanged = true
    }
  }
  return isChanged ? document.toString({ lineWidth: 0 }) : text
}

async function reload(prometheus: string): Promise<void> {
  const answer = await fetch(`${prometheus}/-/reload`, { method: 'POST', signal: AbortSignal.timeout(20_000) })
  if (!answer.ok) throw new Error(`Prometheus did not take its rules (${answer.status}): ${await answer.text()}`)
}
