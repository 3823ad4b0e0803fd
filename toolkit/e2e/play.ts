import type { Stage } from './on-cluster.ts'

/** Proofs of one scene share a setting, and each builds on the one before: the first that does not pass is the last. */
export async function playProofs<S>(
  { cluster, report, context }: Stage,
  { name, prepare }: { name: string; prepare(): Promise<{ setting: S; said: string }> },
  proofs: readonly { name: string; run(setting: S): Promise<string> }[],
): Promise<void> {
  let prepared: { setting: S } | undefined
  await report.prove(name, async () => {
    const made = await prepare()
    prepared = made
    return made.said
  })
  if (!prepared) return
  const { setting } = prepared
  for (const proof of proofs) {
    context.signal.throwIfAborted()
    if ((await report.prove(proof.name, () => proof.run(setting))) === 'passed') continue
    const { stdout, stderr } = await cluster.kubectl.try('get', 'pods', '--all-namespaces', '--output=wide')
    context.print((stdout || stderr).trimEnd())
    return
  }
}
