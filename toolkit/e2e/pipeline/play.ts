import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event, Machine, RunReport } from '../../pipeline/machine.ts'
import { runWorkflow } from '../../pipeline/run-workflow.ts'
import { type BuildRecord, parseRecord } from '../../record/record.ts'
import { describeRun, ranElsewhere } from './expect.ts'
import type { World } from './world.ts'

/** Runs a workflow as it is in the commit of the event, and prints what each of its steps took. */
export async function play(file: string, event: Event, world: World, machine: Machine): Promise<RunReport> {
  await world.remote.git('checkout', '--quiet', '--detach', event.sha)
  const report = await runWorkflow(world.remote.work, `.github/workflows/${file}`, event, machine)
  for (const line of describeRun(event.ref.replace(/^refs\/(heads|tags)\/|^refs\/|\/merge$/g, ''), report))
    machine.print(line)
  await rm(join(report.artifacts, 'image'), { recursive: true, force: true }) // hundreds of megabytes that nobody needs now
  for (const line of ranElsewhere(report)) world.elsewhere.add(line)
  return report
}

/** The build record that a job handed on. */
export async function recordIn({ artifacts }: RunReport, artifact: string): Promise<BuildRecord> {
  const file = join(artifacts, artifact, 'record.json')
  return parseRecord(await readFile(file, 'utf8'), file)
}

/** Every tag that the gate or a promotion has given to anything that is published, by its name below the base. */
export async function allTags({ base, registry }: World): Promise<Record<string, string[]>> {
  const names = ['service', 'delivery', 'charts/service', 'charts/delivery', 'flux-nonprod', 'flux-previews']
  const found: Record<string, string[]> = {}
  for (const name of names) {
    const tags = await registry.tags(`${base}/${name}`)
    const given = tags.filter(tag => !tag.startsWith('sha256-')) // cosign's way to list what is attached to a digest
    if (given.length > 0) found[name] = given.sort()
  }
  return found
}
