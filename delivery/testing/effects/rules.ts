import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Decision } from '../../rules.ts'
import { startDelivery } from '../delivery.ts'
import { fluxEvent } from '../flux-event.ts'
import type { Effect } from './start.ts'

/** Which of the events a rule takes. */
async function taken(t: TestContext, rule: string, ...events: Record<string, unknown>[]) {
  const file = `destinations: { log: { type: console } }\nrules:\n  - { name: one, destinations: [log], ${rule} }\n`
  const { post, api } = await startDelivery(t, { file })
  const decisions: boolean[] = []
  for (const event of events) decisions.push((await decisionOf(await post(event), api)).matched)
  return decisions
}

async function decisionOf(answer: Response, api: (path: string) => Promise<{ body: unknown }>): Promise<Decision> {
  const { id } = (await answer.json()) as { id: string } // as the receiver answers
  const { decisions } = (await api(`/messages/${id}`)).body as { decisions: Decision[] } // as api.ts answers
  const decision = decisions.find(each => each.rule !== 'episode')
  if (decision === undefined) throw new Error('no rule decided')
  return decision
}

const about = (fields: object) => ({ involvedObject: { ...fluxEvent().involvedObject, ...fields } })
const [first, second] = [about({ name: 'first' }), about({ name: 'second' })]

const yesThenNo =
  (rule: string, yes: Record<string, unknown>, no: Record<string, unknown>): Effect =>
  async t =>
    assert.deepEqual(await taken(t, rule, yes, no), [true, false])

export const ruleEffects: Record<string, Effect> = {
  'rules[].name': async t => {
    const file = 'destinations: { log: { type: console } }\nrules: [{ name: my-rule, destinations: [log] }]\n'
    const { post, api } = await startDelivery(t, { file })
    assert.equal((await decisionOf(await post(), api)).rule, 'my-rule')
  },
  'rules[].destinations': async t => {
    const file =
      'destinations: { a: { type: console }, b: { type: console } }\nrules: [{ name: x, destinations: [b] }]\n'
    const { post, api } = await startDelivery(t, { file })
    assert.deepEqual((await decisionOf(await post(), api)).destinations, ['b'])
  },
  'rules[].match.source': async t => {
    assert.deepEqual(await taken(t, 'match: { source: flux }', first), [true])
    assert.deepEqual(await taken(t, 'match: { source: alertmanager }', first), [false])
  },
  'rules[].match.kind': yesThenNo('match: { kind: Helm* }', about({ kind: 'HelmRelease' }), first),
  'rules[].match.namespace': yesThenNo('match: { namespace: [shop, apps] }', about({ namespace: 'shop' }), first),
  'rules[].match.name': yesThenNo('match: { name: first }', first, second),
  'rules[].match.severity': yesThenNo('match: { severity: error }', first, { ...second, severity: 'info' }),
  'rules[].match.reason': yesThenNo('match: { reason: "*Failed" }', first, { ...second, reason: 'Progressing' }),
  'rules[].match.labels': yesThenNo(
    'match: { labels: { env: prod } }',
    { ...first, metadata: { env: 'prod' } },
    second,
  ),
  'rules[].match.text': yesThenNo('match: { text: "time(d )?out" }', first, { ...second, message: 'all is well' }),
  'rules[].exclude': yesThenNo('exclude: [{ name: second }]', first, second),
}
