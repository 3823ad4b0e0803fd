import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { commitImage } from './commit-image.ts'

/** Takes the arguments of zap-baseline.py, asks the target for real, and reports one header that it misses. */
const script = `#!/usr/bin/env node
const { writeFileSync } = require('node:fs')
const args = process.argv.slice(2)
const after = name => args[args.indexOf(name) + 1]
fetch(after('-t')).then(answer => {
  const alerts = answer.headers.has('content-security-policy')
    ? []
    : [{ name: 'Content Security Policy (CSP) Header Not Set', riskcode: '2', count: '1' }]
  const site = [{ '@name': after('-t'), alerts: [...alerts, { name: 'Status ' + answer.status, riskcode: '0', count: '1' }] }]
  writeFileSync('/zap/wrk/' + after('-J'), JSON.stringify({ site }))
  writeFileSync('/zap/wrk/' + after('-r'), '<title>stand-in</title>')
  process.exitCode = 2
}, error => { console.error(error.cause ?? error); process.exitCode = 3 })
`

/** An image with ZAP's interface and a user of its own, for machines that cannot pull ZAP; `base` has Node. */
export async function buildZapStandIn(engine: Engine, base: string): Promise<string> {
  await using folder = await temporaryFolder('fairlead-zap-')
  const file = join(folder.path, 'zap-baseline.py')
  await writeFile(file, script, { mode: 0o755 })
  const name = 'fairlead-zap-stand-in:local'
  const copy = { from: file, to: '/usr/local/bin/zap-baseline.py' }
  await commitImage(engine, base, name, { change: 'USER 1000:1000', copy })
  return name
}
