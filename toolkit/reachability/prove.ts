import type { Manifest } from '../chart/manifests-in.ts'
import type { Oracle } from './cyclonus.ts'
import { type Judgement, judge } from './evaluate.ts'
import { describe, type Flow, findWrong, stages, standing } from './flow.ts'
import { deliveryFlows } from './flows-delivery.ts'
import { serviceFlows } from './flows-service.ts'
import { mistakes } from './mistakes.ts'
import { type NetworkPolicy, policiesIn } from './policy.ts'
import { podsIn, type ReleasePod } from './release-pods.ts'
import { type World, worldOf } from './world.ts'

type Flows = (pods: readonly ReleasePod[], world: World) => Flow[]

const flowsOf: Record<string, Flows> = { 'helm/service': serviceFlows, 'helm/delivery': deliveryFlows }

export type Rendered = { chart: string; shape: string; namespace: string; manifests: readonly Manifest[] }

/** `faults` has a sentence for each thing that is not as it has to be; `flows` is 0 for a shape without policies. */
export type Proof = { faults: string[]; flows: number; mistakes: number }

/**
 * Every flow is as it has to be; every mistake would be noticed; and of the real policies as of the mistaken ones the oracle
 * says the same as we do.
 */
export async function prove({ chart, shape, namespace, manifests }: Rendered, oracle: Oracle): Promise<Proof> {
  const policies = policiesIn(manifests, namespace)
  if (policies.length === 0) return { faults: [], flows: 0, mistakes: 0 }
  const flowsFor = flowsOf[chart]
  if (!flowsFor) throw new Error(`${chart}: nobody says who may talk to whom; add it to toolkit/reachability/prove.ts`)
  const flows = flowsFor(podsIn(manifests, namespace), worldOf(chart, shape))
  const changed = mistakes.flatMap(({ name, make }) => {
    const copy = structuredClone(policies)
    return make(copy) ? [{ name, policies: copy }] : []
  })
  const unnoticed = changed.filter(each => findWrong(each.policies, flows).length === 0)
  const faults = [
    ...findWrong(policies, flows),
    ...unnoticed.map(each => `nobody would notice this mistake: ${each.name}`),
    ...(await disagreements([{ name: 'as rendered', policies }, ...changed], flows, oracle)),
  ]
  return { faults: faults.map(each => `${chart} ${shape}: ${each}`), flows: flows.length, mistakes: changed.length }
}

async function disagreements(
  variants: readonly { name: string; policies: readonly NetworkPolicy[] }[],
  flows: readonly Flow[],
  oracle: Oracle,
): Promise<string[]> {
  const asked = variants.flatMap(({ name, policies }) =>
    stages.map(stage => ({
      name,
      policies: standing(policies, stage),
      flows: flows.filter(each => each.stage === stage),
    })),
  )
  const answers = await oracle.ask(
    asked.map(each => ({ policies: each.policies, traffic: each.flows.map(({ traffic }) => traffic) })),
  )
  return asked.flatMap(({ name, policies, flows }, question) =>
    flows.flatMap((flow, index) => {
      const [ours, theirs] = [judge(policies, flow.traffic), answers[question]?.[index]]
      if (same(ours, theirs)) return []
      return `${name}: ${describe(flow)}: we say ${JSON.stringify(ours)}, cyclonus says ${JSON.stringify(theirs)}`
    }),
  )
}

const same = (ours: Judgement, theirs: Judgement | undefined) =>
  ours.ingress === theirs?.ingress && ours.egress === theirs.egress
