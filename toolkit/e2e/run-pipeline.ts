import { loadExcuses } from '../check.ts'
import type { Context } from '../step.ts'
import { badRuns } from './pipeline/bad-runs.ts'
import { proveContainerTest, proveDast } from './pipeline/container-proofs.ts'
import { provePullRequest, proveRelease, proveTrunk } from './pipeline/good-runs.ts'
import { proveTrivyDatabase, proveZap } from './pipeline/outside.ts'
import { openWorld, type World } from './pipeline/world.ts'
import { createReport } from './proof.ts'

/**
 * Runs the workflows as they are, against a real engine, a real registry and git: what comes of a pull request, of a commit on
 * main and of a release, and that each thing that must stop them does. Resolves to the exit code.
 */
export async function runPipeline(context: Context): Promise<number> {
  const report = createReport(context, await loadExcuses(context.root))
  let world: World | undefined
  try {
    const opened = await report.prove('pipeline-up', async () => {
      world = await openWorld(context)
      return `an engine, a registry at ${world.base}, a repository, GitHub's API, a Fulcio and Trivy's database`
    })
    if (opened !== 'passed' || world === undefined) return report.end() ? 0 : 1
    const there = world
    const machine = await there.knowing([])
    const good = { 'pull-request': provePullRequest, trunk: proveTrunk, release: proveRelease }
    for (const [name, prove] of Object.entries(good)) {
      context.signal.throwIfAborted()
      await report.prove(name, () => prove(there, machine))
    }
    await report.prove('container-test', () => proveContainerTest(there))
    await report.prove('dast', () => proveDast(there))
    for (const { name, prove } of badRuns) {
      context.signal.throwIfAborted()
      await report.prove(name, () => prove(there, machine))
    }
    await report.prove('trivy-database', () => proveTrivyDatabase(there))
    await report.prove('zap', () => proveZap(there))
    for (const line of there.elsewhere) context.print(`elsewhere ${line}`)
  } finally {
    await world?.[Symbol.asyncDispose]()
  }
  return report.end() ? 0 : 1
}
