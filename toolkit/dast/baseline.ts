import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../e2e/until.ts'
import type { Engine } from '../engine/engine.ts'
import { startHardened } from '../image/container.ts'
import { ask } from '../image/images.ts'
import { loadImage } from '../image/saved.ts'
import type { Artifact } from '../record/record.ts'
import type { Context } from '../step.ts'
import { type Finding, readFindings } from './report.ts'

type Setting = { engine: Engine; context: Context; zap: string }

/** The port that the image listens on, and a name for it on a network that only the two share. */
const target = 'http://service:8080'

/** Runs ZAP's baseline (it crawls and looks, and attacks nothing) against the container; the reports stay in out/. */
export async function runBaseline(
  { file }: Pick<Artifact, 'file'>,
  { engine, context, zap }: Setting,
): Promise<Finding[]> {
  const name = await loadImage(engine, join(context.root, file))
  const network = `dast-${randomUUID()}`
  await ask(engine, ['network', 'create', network])
  try {
    const options = { user: '65532:65532', memory: '128m', network, alias: 'service' }
    await using service = await startHardened({ id: name }, options, { engine, context })
    const health = () => ask(engine, ['inspect', '--format', '{{.State.Health.Status}}', service.name])
    await until('health', health, said => said === 'healthy', context)
    return await scan({ engine, context, zap }, network)
  } finally {
    await engine.docker(['network', 'rm', network], { signal: context.hurry })
  }
}

async function scan({ engine, context, zap }: Setting, network: string): Promise<Finding[]> {
  const out = join(context.root, 'out')
  const folder = join(out, 'zap')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o777) // ZAP is a user of its own image, whom this machine does not know
  try {
    const { code, stdout, stderr } = await engine.docker([
      ...['run', '--rm', '--network', network, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['--memory', '2g', '--volume', `${folder}:/zap/wrk`, zap],
      ...['zap-baseline.py', '-t', target, '-J', 'zap.json', '-r', 'zap.html'],
    ])
    context.signal.throwIfAborted()
    // 0 nothing, 1 failures, 2 warnings; 3 is "any other failure" (zap-baseline.py).
    if (code > 2) throw new Error(`ZAP ended with ${code}: ${`${stdout}${stderr}`.trim().slice(-2000)}`)
    const findings = readFindings(await readFile(join(folder, 'zap.json'), 'utf8'))
    for (const name of ['zap.json', 'zap.html']) await rename(join(folder, name), join(out, name))
    return findings
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
