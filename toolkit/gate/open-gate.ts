import { setOutput } from '../github.ts'
import { checkPushed } from '../push/push-artifact.ts'
import { pushedArtifacts, withArtifact } from '../record/needs.ts'
import { entry, readRecord, updateRecord } from '../record/record.ts'
import { atDigest } from '../registry/reference.ts'
import { createRegistry } from '../registry/registry.ts'
import type { Context } from '../step.ts'
import { Skipped } from '../verdict.ts'
import { faultsOf } from './faults.ts'
import { tagsOf, tagsToWrite, writeTags } from './tags.ts'

/** All or nothing: a tag is written only once everything in the record may have its own. */
export async function openGate(context: Context): Promise<string> {
  const record = await readRecord(context)
  const all = pushedArtifacts(record)
  context.print(`judges ${all.map(([, { name, digest }]) => atDigest(name, digest)).join(', ')}`)
  for (const [key, { skipped = [], signature }] of all) {
    const unsigned = signature === undefined && skipped.find(({ step }) => step === 'sign')
    if (unsigned) throw new Skipped(`${key} is not signed, so it gets no tag and goes nowhere: ${unsigned.reason}`)
  }
  const faults = all.flatMap(([key, artifact]) => faultsOf(key, artifact, record.source))
  if (faults.length > 0) throw new Error(`no tag is written:\n${faults.map(fault => `  ${fault}`).join('\n')}`)

  const registry = await createRegistry(context)
  const plans = []
  for (const [key, artifact] of all) {
    await checkPushed(key, artifact, registry)
    const tags = tagsOf(key, artifact, record)
    plans.push({ key, artifact, tags, missing: await tagsToWrite(artifact, tags, registry) })
  }
  for (const { artifact, missing } of plans) await writeTags(artifact, missing, registry)
  for (const { key, artifact, tags } of plans)
    await updateRecord(context, now => withArtifact(now, key, { gate: { ...entry(context, artifact.digest), tags } }))
  await setOutput(context, 'allowed', 'true')
  await setOutput(context, 'digest', record.artifacts.service?.digest ?? '')
  await setOutput(context, 'digests', JSON.stringify(Object.fromEntries(all.map(([key, { digest }]) => [key, digest]))))
  return plans
    .map(({ key, artifact, tags }) => `${key} ${artifact.digest.slice(0, 19)} ${tags.join(' ') || '(no tags)'}`)
    .join('; ')
}
