import { UsageError } from '../step.ts'
import { Skipped } from '../verdict.ts'

export type Settings = { domain: string; cap: number }

export function readSettings({ PREVIEW_DOMAIN: domain, PREVIEW_CAP: cap = '5' }: NodeJS.ProcessEnv): Settings {
  if (domain === undefined)
    throw new Skipped(
      'nobody said where previews are reached; set the variable PREVIEW_DOMAIN, such as preview.example.com',
    )
  const part = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  if (!new RegExp(`^(?=.{1,230}$)${part}(\\.${part})+$`).test(domain))
    throw new UsageError(`PREVIEW_DOMAIN: expected a domain such as preview.example.com, got "${domain}"`)
  if (!/^([1-9]|[1-4][0-9]|50)$/.test(cap)) throw new UsageError(`PREVIEW_CAP: expected 1 to 50, got "${cap}"`)
  return { domain, cap: Number(cap) }
}
