import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Machine } from '../../pipeline/machine.ts'
import { verifyDigest } from '../../signing/verify-digest.ts'
import { expectResults, outputOf } from './expect.ts'
import { allTags, play, recordIn } from './play.ts'
import type { World } from './world.ts'

/** A pull request: everything is tried, its image gets one name, and only a preview may run it. Resolves to what was seen. */
export async function provePullRequest(world: World, machine: Machine): Promise<string> {
  const { base, registry, remote, context } = world
  const event = await remote.propose(7, await remote.commit('A note', { 'docs/note.md': '# A note\n' }))
  const run = await play('ci.yml', event, world, machine)
  expectResults(run, { nonprod: 'skipped', notify: 'skipped' })
  demand(existsSync(join(run.artifacts, 'dast/zap.json')), 'the report of dast is not kept')
  const tags = await allTags(world)
  demand(tags.service?.join() === 'pr-7' && tags.delivery?.join() === 'pr-7', `the tags are ${JSON.stringify(tags)}`)
  demand(tags['flux-nonprod'] === undefined, 'nonprod was published')
  const digest = await registry.digest(`${base}/service:pr-7`)
  const nameAtDigest = `${base}/service@${digest}`
  await verifyDigest(context, { nameAtDigest, environment: 'preview', demand: 'image' })
  for (const environment of ['nonprod', 'prod'] as const) {
    const refusal = await refusalOf(verifyDigest(context, { nameAtDigest, environment, demand: 'image' }))
    demand(/accepts trunk/.test(refusal) && /pull-request/.test(refusal), `${environment} says: ${refusal}`)
  }
  return `pr-7 is ${digest?.slice(0, 19)}, for previews only: ${JSON.stringify(tags)}`
}

/** A commit on main: the image that was scanned is the one that is signed, named, and promoted to nonprod. */
export async function proveTrunk(world: World, machine: Machine): Promise<string> {
  const { base, registry, remote, context } = world
  const event = await remote.push(await remote.commit('Merge it', { 'docs/note.md': '# A note\n\nof main\n' }))
  const run = await play('ci.yml', event, world, machine)
  expectResults(run)
  const { artifacts } = await recordIn(run, 'allowed')
  const service = artifacts.service
  demand(service?.scan?.subject === service?.id, 'another image was scanned')
  for (const tag of ['latest', `sha-${event.sha}`])
    demand((await registry.digest(`${base}/service:${tag}`)) === service?.digest, `${tag} is another image`)
  const manifest = await registry.manifest(`${base}/service:latest`)
  demand(manifest.config?.digest === service?.id, 'the image in the registry is not the one that was scanned')
  const nameAtDigest = `${base}/service@${service?.digest}`
  for (const environment of ['nonprod', 'prod'] as const)
    await verifyDigest(context, { nameAtDigest, environment, demand: 'image' })
  await proveNonprod(world, service?.digest ?? '')
  return `${service?.digest?.slice(0, 19)} is latest and sha-${event.sha.slice(0, 12)}, signed as trunk, and nonprod's; ${outputOf(run, './fairlead rollout').split('\n').at(-1)}`
}

/** What Flux follows is signed, and names the digest. */
async function proveNonprod({ base, registry, context, gatekeeper }: World, digest: string): Promise<void> {
  const name = `${base}/flux-nonprod`
  const artifact = await registry.digest(`${name}:nonprod`)
  const question = { nameAtDigest: `${name}@${artifact}`, environment: 'nonprod', demand: 'signature' } as const
  await verifyDigest(context, question)
  const { layers = [] } = await registry.manifest(`${name}@${artifact}`)
  const path = name.slice(name.indexOf('/') + 1)
  const answer = await fetch(`http://${gatekeeper.host}/v2/${path}/blobs/${layers[0]?.digest}`)
  const files = gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()
  demand(files.includes('flux/nonprod/') && files.includes(digest), `flux-nonprod does not name ${digest}`)
}

/** A release tag builds nothing: the image of that commit gets a name, and prod a pull request of one line. */
export async function proveRelease(world: World, machine: Machine): Promise<string> {
  const { base, registry, remote, github } = world
  await remote.git('fetch', '--quiet', 'origin')
  const sha = await remote.git('rev-parse', 'origin/main')
  const before = await allTags(world)
  const run = await play('release.yml', await remote.tag('release/1.2.3', sha), world, machine)
  expectResults(run)
  const digest = await registry.digest(`${base}/service:1.2.3`)
  demand(digest === (await registry.digest(`${base}/service:sha-${sha}`)), '1.2.3 is not the image of its commit')
  const after = await allTags(world)
  demand(after.service?.length === (before.service?.length ?? 0) + 1, `the tags are ${JSON.stringify(after.service)}`)
  const [pull, ...more] = github.pulls.filter(({ state }) => state === 'open')
  demand(pull !== undefined && more.length === 0, `there are ${more.length + (pull ? 1 : 0)} pull requests`)
  const branch = pull?.head.ref ?? ''
  await remote.git('fetch', '--quiet', 'origin', `${branch}:refs/remotes/origin/${branch}`)
  const diff = await remote.git('diff', '--unified=0', '--no-color', `origin/main`, `origin/${branch}`)
  const changed = diff.split('\n').filter(line => /^[+-](?![+-])/.test(line))
  demand(changed.length === 2 && changed[1]?.includes(digest ?? '-') === true, `the pull request changes\n${diff}`)
  return `1.2.3 is ${digest?.slice(0, 19)}, as sha-${sha.slice(0, 12)}; ${branch} changes one line: ${changed[1]?.slice(1).trim()}`
}

export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}

/** Why something was refused; to succeed is the error here. */
async function refusalOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => {
      throw new Error('it was accepted')
    },
    (error: Error) => error.message,
  )
}
