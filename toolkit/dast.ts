import { runBaseline } from './dast/baseline.ts'
import { summarise } from './dast/report.ts'
import { openEngine } from './engine/engine.ts'
import { pull } from './engine/pull.ts'
import { annotate, isActions } from './github.ts'
import { NotRun } from './not-run.ts'
import { parseOptions } from './options.ts'
import { needFile } from './record/needs.ts'
import { readRecord } from './record/record.ts'
import type { Context, Step } from './step.ts'
import { conclude } from './verdict.ts'

// renovate: datasource=docker
export const zapImage =
  'ghcr.io/zaproxy/zaproxy:2.17.0@sha256:781a2bdaea47324e7bab583e2263f21d257b0aee61ed51521a5be45f5f5081ef'

export const dast: Step = {
  name: 'dast',
  summary: "Let ZAP's baseline look at the running service; keep its report.",
  help: [
    'Usage: ./fairlead dast [--strict]',
    '',
    '  --strict  findings fail the step; without it they are told and block nothing',
    '',
    'It crawls the image of the record, run as ./fairlead container-test runs it, on a network of its own, and attacks nothing.',
    'out/zap.html is for people, out/zap.json for programs. ZAP_IMAGE names another image of ZAP.',
  ].join('\n'),
  async run(args, context) {
    const { values } = parseOptions(args, { strict: { type: 'boolean', default: false } })
    return conclude('dast', context, () => look(values.strict, context))
  },
}

async function look(strict: boolean, context: Context): Promise<string> {
  const { service } = (await readRecord(context)).artifacts
  if (service === undefined) throw new Error('the build record has no service; ./fairlead build adds it')
  needFile(context, service)
  const zap = context.env.ZAP_IMAGE ?? zapImage
  context.print(`looks at ${service.file} with ${zap}`)
  const engine = await openEngine(context)
  try {
    const unreachable = await pull((args, options) => engine.docker(args, options), zap, context.signal)
    if (unreachable !== undefined) throw new NotRun(`${zap} cannot be pulled: ${unreachable}; ZAP_IMAGE names another`)
    const findings = await runBaseline(service, { engine, context, zap })
    for (const { name, risk, count } of findings) {
      const text = `${name} (${risk}, ${count} times)`
      if (isActions(context.env))
        annotate(context, { level: risk === 'high' ? 'warning' : 'notice', title: 'ZAP' }, text)
      else context.print(`  ${text}`)
    }
    const said = `${summarise(findings)}; see out/zap.html`
    if (strict && findings.length > 0) throw new Error(said)
    return said
  } finally {
    await engine.close()
  }
}
