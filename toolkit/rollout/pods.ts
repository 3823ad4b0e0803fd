import * as v from 'valibot'

const Container = v.object({ name: v.string(), image: v.string() })
const Status = v.object({ name: v.string(), imageID: v.optional(v.string(), ''), ready: v.boolean() })
const Pods = v.object({
  items: v.array(
    v.object({
      metadata: v.object({
        name: v.string(),
        deletionTimestamp: v.optional(v.string()),
        ownerReferences: v.optional(v.array(v.object({ kind: v.string() })), []),
      }),
      spec: v.object({ containers: v.array(Container) }),
      status: v.object({ containerStatuses: v.optional(v.array(Status), []) }),
    }),
  ),
})

/**
 * Whether every running pod of the release runs this digest: what `kubectl get pods -o json` says. Pods that are going, and
 * those of Jobs, are none of the release any more.
 */
export function comparePods(json: string, digest: string): string {
  const { items } = v.parse(Pods, JSON.parse(json))
  const pods = items.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined && metadata.ownerReferences.every(({ kind }) => kind !== 'Job'),
  )
  if (pods.length === 0) throw new Error('no pod of the release runs')
  const wrong = pods.flatMap(({ metadata, spec, status }) => {
    // flagd and others stand beside it; the service is the first container, as the chart has it.
    const [main] = spec.containers
    const running = status.containerStatuses.find(({ name }) => name === main?.name)
    const wanted = digestIn(main?.image)
    const found = digestIn(running?.imageID) ?? wanted
    if (wanted !== digest) return [`${metadata.name} is to run ${main?.image ?? 'nothing'}`]
    if (found !== digest) return [`${metadata.name} runs ${running?.imageID}`]
    return running?.ready ? [] : [`${metadata.name} is not ready`]
  })
  if (wrong.length > 0) throw new Error(`expected ${digest} in every pod: ${wrong.join(', ')}`)
  return `${pods.length} pods run ${digest}`
}

// Without a name before it an image id is the digest of a config, which is another one.
const digestIn = (reference: string | undefined): string | undefined =>
  /@(sha256:[0-9a-f]{64})$/.exec(reference ?? '')?.[1]
