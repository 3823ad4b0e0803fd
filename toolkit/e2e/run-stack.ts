import { loadExcuses } from '../check.ts'
import { openEngine } from '../engine/engine.ts'
import { orNotRun } from '../not-run.ts'
import type { Context } from '../step.ts'
import { createReport, type Proof, type Report } from './proof.ts'
import { createStack, type Stack } from './stack.ts'
import { removeImages, takeDown } from './take-down.ts'

/** In this order: what the one after needs, and what takes long, last. */
const proofs: (() => Promise<Proof>)[] = [
  async () => (await import('./proofs/targets.ts')).targets,
  async () => (await import('./proofs/traffic.ts')).traffic,
  async () => (await import('./proofs/delivery-alert.ts')).alertPath,
  async () => (await import('./proofs/flags.ts')).flags,
  async () => (await import('./proofs/trace.ts')).trace,
  async () => (await import('./proofs/grafana.ts')).grafana,
  async () => (await import('./proofs/hardening.ts')).hardening,
  async () => (await import('./proofs/panels.ts')).panels,
  async () => (await import('./proofs/memory.ts')).memory,
]

/** Variables of Dockerfile and docker-compose.yml. What only the profile observe uses can be left out. */
const images = ['NODE', 'RUNTIME', 'POSTGRES', 'FLAGD', 'PROMETHEUS', 'ALERTMANAGER'].map(name => `${name}_IMAGE`)
const optional = ['COLLECTOR', 'JAEGER', 'GRAFANA'].map(name => `${name}_IMAGE`)

/** What follows on the same engine, with the same images, once the stack has been taken down. */
export type After = { name: string; run(context: Context): Promise<string> }

type Options = { keep: boolean; after: readonly After[] }

/** Resolves to the exit code. Whatever happens, what was started is taken down, unless it was asked to stay. */
export async function runStack(options: Options, context: Context): Promise<number> {
  const report = createReport(context, await loadExcuses(context.root))
  return orNotRun(context, async () => {
    const engine = await openEngine(context, { images, optional })
    try {
      const without = engine.absent.map(variable => variable.replace(/_IMAGE$/, '').toLowerCase())
      const stack = await createStack(context, { env: engine.env, without })
      try {
        await proveStack(stack, report, options.keep, context)
        const env = { ...engine.env, ...stack.images }
        for (const { name, run } of options.after) await report.prove(name, () => run({ ...context, env }))
      } finally {
        if (!options.keep) await removeImages(stack)
      }
    } finally {
      await engine.close()
    }
    return report.end() ? 0 : 1
  })
}

async function proveStack(stack: Stack, report: Report, keep: boolean, { print, signal }: Context): Promise<void> {
  let failed = true
  try {
    failed = !(await start(stack, report, signal))
    for (const load of failed ? [] : proofs) {
      signal.throwIfAborted()
      const proof = await load()
      if ((await report.prove(proof.name, () => proof.run(stack, signal))) === 'FAILED') failed = true
    }
  } finally {
    if (failed && !signal.aborted) await explain(stack, print)
    if (keep) print(`it runs on; to end it: ${stack.commandLine} down --volumes`)
    else {
      await report.prove('down', () => takeDown(stack))
      await stack.removeFiles()
    }
  }
}

async function start(stack: Stack, report: Report, signal: AbortSignal): Promise<boolean> {
  const services = (await stack.compose('config', '--services')).stdout.trim().split('\n')
  const wanted = services.filter(name => !stack.without.includes(name)).sort()
  const built = await report.prove('build', async () => {
    await stack.compose('build')
    return Object.values(stack.images).join(', ')
  })
  signal.throwIfAborted()
  if (built !== 'passed') return false
  const up = await report.prove('up', async () => {
    await stack.compose('up', '--detach', '--wait', '--wait-timeout', '300', ...wanted)
    return `${wanted.length} services: ${wanted.join(', ')}`
  })
  return up === 'passed'
}

/** What the containers said last, and how to look for oneself. */
async function explain(stack: Stack, print: Context['print']): Promise<void> {
  try {
    print((await stack.compose('ps', '--all')).stdout.trimEnd())
    print((await stack.compose('logs', '--no-color', '--tail', '40')).stdout.trimEnd())
  } catch (error) {
    print(`the logs cannot be shown: ${error instanceof Error ? error.message : error}`)
  }
  print('to look for yourself, leave it running: ./fairlead e2e stack --keep')
}
