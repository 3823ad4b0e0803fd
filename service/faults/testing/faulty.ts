import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { flagFile } from '../../testing/flags.ts'
import { startService } from '../../testing/service.ts'

/** The service over a file of fault_… flags, which it reads in the background. */
export function startFaulty(t: TestContext, flags: Record<string, object>, env = { FAULTS_ENABLED: 'true' }) {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'flags.json')
  writeFileSync(file, flagFile(flags))
  return startService(t, { FLAGD_OFFLINE_FLAG_SOURCE_PATH: file, ...env })
}

/** A flag with one value for every request, or, with a rule of targeting, with 0 where that says "none". */
export const valued = (value: number | boolean, targeting?: object) => ({
  state: 'ENABLED',
  variants: { here: value, none: 0 },
  defaultVariant: 'here',
  ...(targeting && { targeting }),
})

/** Resolves when the address has answered with this status; the test's own timeout says when it never does. */
export async function untilStatus(t: TestContext, url: string, status: number): Promise<void> {
  while ((await fetch(url, { signal: t.signal })).status !== status) await new Promise(setImmediate)
}
