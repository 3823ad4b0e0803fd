import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Event, Machine } from '../../pipeline/machine.ts'
import { hasty, quick } from './elsewhere.ts'
import { expectResults, expectStop, outputOf } from './expect.ts'
import { demand } from './good-runs.ts'
import { allTags, play } from './play.ts'
import { replaceImage } from './tamper.ts'
import { repository, type World } from './world.ts'

type Bad = { name: string; prove(world: World, machine: Machine): Promise<string> }

/** What must stop a run, where, and with which sentence. After each of them the registry has the tags that it had before. */
export const badRuns: Bad[] = [
  unchanged('bad-lint', async (world, machine) => {
    const event = await proposal(world, { 'docs/wrong.ts': 'export var wrong:any = 1\n' })
    const butLint = {
      ...machine,
      elsewhere: hasty(machine).elsewhere.filter(({ line }) => !line.test('./fairlead lint')),
    }
    const run = await play('ci.yml', event, world, butLint)
    expectResults(run, { ...stopped, verify: 'failure' })
    return expectStop(run, 'verify', './fairlead lint', /docs\/wrong\.ts/)
  }),
  unchanged('vulnerable', async world => {
    const hono = { package: 'hono', vulnerable: ['<99.0.0'], patched: ['99.0.0'] }
    const machine = await world.knowing([{ id: 'CVE-2026-0001', ...hono, severity: 'HIGH', title: 'a hole' }])
    const run = await play('ci.yml', await proposal(world), world, hasty(machine))
    expectResults(run, { ...stopped, scan: 'failure' })
    return expectStop(run, 'scan', './fairlead scan', /service.*hono|hono.*service/)
  }),
  unchanged('unsigned', async (world, machine) => {
    const run = await play(
      'ci.yml',
      await proposal(world, await without(world, /^ {6}- run: \.\/fairlead sign\n( {8}.*\n)+/m)),
      world,
      quick(machine),
    )
    expectResults(run, { ...stopped, publish: 'failure' })
    return expectStop(run, 'publish', './fairlead verify', /sign/)
  }),
  unchanged('tampered', async (world, machine) => {
    const path = world.base.slice(world.base.indexOf('/') + 1)
    const before: Machine['before'] = async ({ line, workspace }) => {
      if (line === './fairlead verify') await replaceImage(world.store, `${path}/service`, workspace)
    }
    const run = await play('ci.yml', await proposal(world), world, { ...quick(machine), before })
    expectResults(run, { ...stopped, publish: 'failure' })
    return expectStop(run, 'publish', './fairlead verify', /FAILED/)
  }),
  unchanged('wrong-identity', async (world, machine) => {
    const digest = (await world.registry.digest(`${world.base}/service:pr-7`)) ?? ''
    const run = await play('promote.yml', dispatch(await headOf(world), digest), world, machine)
    expectResults(run, { prod: 'failure', rollout: 'skipped' })
    return expectStop(run, 'prod', promoteLine, /prod accepts trunk .*release.*pull-request/)
  }),
  unchanged('wrong-input', async (world, machine) => {
    const run = await play('promote.yml', dispatch(await headOf(world), '$(id)'), world, machine)
    expectResults(run, { prod: 'failure', rollout: 'skipped' })
    return expectStop(run, 'prod', promoteLine, /--digest: .*\$\(id\)/)
  }),
  unchanged('dirty', async (world, machine) => {
    const before: Machine['before'] = async ({ line, workspace }) => {
      if (line === './fairlead image-tag') await writeFile(join(workspace, 'left-over.txt'), 'of somebody\n')
    }
    const run = await play('ci.yml', await proposal(world), world, { ...hasty(machine), before })
    expectResults(run, { ...stopped, publish: 'failure' })
    return expectStop(run, 'publish', './fairlead push', /FAILED.* that no commit has/)
  }),
  unchanged('fork', async (world, machine) => {
    const run = await play('ci.yml', await proposal(world, {}, 'other/hello-world'), world, hasty(machine))
    expectResults(run, { publish: 'skipped', nonprod: 'skipped', notify: 'skipped' })
    const notice = run.jobs.required?.steps[0]?.output ?? ''
    demand(notice.startsWith('::notice::skipped push'), `required says: ${notice}`)
    return `scanned and green, nothing is pushed: ${notice.replace('::notice::', '')}`
  }),
  unchanged('bold-fork', async (world, machine) => {
    // A fork may change the workflows, too, but not what GitHub gives to them.
    const changed = await without(world, /^ {4}if: github\.event_name == 'push' \|\| .*\n/m)
    const refused = world.gatekeeper.refused.length
    const run = await play('ci.yml', await proposal(world, changed, 'other/hello-world'), world, hasty(machine))
    expectResults(run, { nonprod: 'skipped', notify: 'skipped' })
    demand(/^skipped +push/m.test(outputOf(run, './fairlead push')), outputOf(run, './fairlead push'))
    demand(world.gatekeeper.refused.length === refused, 'it tried to write to the registry')
    return `without its condition the job runs, and ends as: ${outputOf(run, './fairlead push').split('\n').at(-1)}`
  }),
  unchanged('no-signing', async (world, machine) => {
    const unsigned = { ...quick(machine), variables: { ...machine.variables, SIGNING: 'off' } }
    const event = await world.remote.push(await world.remote.commit('More', { 'docs/note.md': '# More\n' }))
    const run = await play('ci.yml', event, world, unsigned)
    expectResults(run)
    const said = ['sign', 'gate', 'promote --to nonprod'].map(step => outputOf(run, `./fairlead ${step}`))
    for (const each of said) demand(/^skipped /m.test(each), `expected skipped, got\n${each}`)
    return `nobody set it up: green, and ${said[1]?.split('\n').findLast(line => line.startsWith('skipped'))}`
  }),
]

const stopped = { publish: 'skipped', nonprod: 'skipped', notify: 'skipped', required: 'failure' } as const

const promoteLine = './fairlead promote --to prod --digest "$DIGEST"'

const headOf = async ({ remote }: World): Promise<string> => {
  await remote.git('fetch', '--quiet', 'origin')
  return remote.git('rev-parse', 'origin/main')
}

const dispatch = (sha: string, digest: string): Event => ({
  ...{ name: 'workflow_dispatch', ref: 'refs/heads/main', sha, actor: 'somebody', inputs: { digest } },
  payload: { inputs: { digest }, ref: 'refs/heads/main', repository: { full_name: repository, visibility: 'public' } },
})

/** ci.yml without some of its text. */
async function without({ remote }: World, text: string | RegExp): Promise<Record<string, string>> {
  const file = '.github/workflows/ci.yml'
  const whole = await remote.git('show', `origin/main:${file}`)
  const changed = whole.replace(text, '')
  demand(changed !== whole, `${file} has no ${text}`)
  return { [file]: `${changed}\n` }
}

let last = 100
async function proposal({ remote }: World, files: Record<string, string> = {}, from?: string): Promise<Event> {
  last += 1
  return remote.propose(last, await remote.commit(`Change ${last}`, { 'docs/note.md': `# ${last}\n`, ...files }), from)
}

function unchanged(name: string, prove: Bad['prove']): Bad {
  return {
    name,
    async prove(world, machine) {
      const before = JSON.stringify(await allTags(world))
      const pulls = world.github.pulls.length
      const seen = await prove(world, machine)
      demand(JSON.stringify(await allTags(world)) === before, `the tags were ${before}, and are others now`)
      demand(world.github.pulls.length === pulls, 'something was promoted')
      return seen
    },
  }
}
