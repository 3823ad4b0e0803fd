import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conditions } from './rules/conditions.ts'
import { compileRules, type Matchable, type Rule, RulesError } from './rules.ts'

const failure: Matchable = {
  input: 'flux',
  subject: { kind: 'Kustomization', namespace: 'team-a', name: 'apps' },
  severity: 'error',
  reason: 'HealthCheckFailed',
  labels: { env: 'prod', cluster: 'eu-1' },
  text: 'timeout waiting for Deployment/default/api',
}
const decide = (rule: Partial<Rule>, message: Partial<Matchable> = {}) =>
  compileRules([{ name: 'it', destinations: ['phone'], ...rule }], ['phone', 'chat']).decide({ ...failure, ...message })
const because = (rule: Partial<Rule>, message: Partial<Matchable> = {}) => decide(rule, message).decisions[0]?.because

test('without rules everything goes everywhere, and the decision says so', () => {
  assert.deepEqual(compileRules(undefined, ['phone', 'chat']).decide(failure), {
    destinations: ['phone', 'chat'],
    decisions: [
      { rule: 'default', matched: true, because: 'no rules are configured', destinations: ['phone', 'chat'] },
    ],
  })
})

test('an empty list of rules tells nobody', () => {
  assert.deepEqual(compileRules([], ['phone']).decide(failure), { destinations: [], decisions: [] })
})

const holds: Conditions[] = [
  {},
  { source: 'flux' },
  { kind: ['HelmRelease', 'Kustomization'] },
  { namespace: 'team-*' },
  { name: '*' },
  { reason: '*Failed' },
  { severity: 'error' },
  { severity: 'warning' },
  { severity: ['info', 'error'] },
  { labels: { env: 'prod', cluster: ['us-*', 'eu-*'] } },
  { text: 'Deployment/default/\\w+$' },
  { source: 'flux', kind: 'Kustomization', severity: 'error', text: 'timeout' },
]
for (const match of holds) {
  test(`${JSON.stringify(match)} holds`, () => {
    assert.deepEqual(decide({ match }), {
      destinations: ['phone'],
      decisions: [{ rule: 'it', matched: true, because: 'every condition holds', destinations: ['phone'] }],
    })
  })
}

const fails: [Conditions, string][] = [
  [{ source: 'alertmanager' }, 'source: wanted alertmanager, got "flux"'],
  [{ kind: ['HelmRelease', 'Alert'] }, 'kind: wanted HelmRelease or Alert, got "Kustomization"'],
  [{ kind: [] }, 'kind: wanted nothing, got "Kustomization"'],
  [{ namespace: 'team-b' }, 'namespace: wanted team-b, got "team-a"'],
  [{ name: 'infra*' }, 'name: wanted infra*, got "apps"'],
  [{ reason: 'Progressing' }, 'reason: wanted Progressing, got "HealthCheckFailed"'],
  [{ severity: 'critical' }, 'severity: wanted critical or worse, got error'],
  [{ severity: ['critical', 'warning'] }, 'severity: wanted critical or warning, got error'],
  [{ labels: { env: 'nonprod' } }, 'label env: wanted nonprod, got "prod"'],
  [{ labels: { team: '*' } }, 'label team: wanted *, got none'],
  [{ labels: { constructor: '*' } }, 'label constructor: wanted *, got none'],
  [{ text: '^Deployment' }, 'text: wanted /^Deployment/, got "timeout waiting for Deployment/default/api"'],
  [{ kind: 'Kustomization', name: 'x', severity: 'critical' }, 'name: wanted x, got "apps"'],
]
for (const [match, reason] of fails) {
  test(`${JSON.stringify(match)} fails: ${reason}`, () => {
    assert.deepEqual(decide({ match }), {
      destinations: [],
      decisions: [{ rule: 'it', matched: false, because: reason, destinations: [] }],
    })
  })
}

test('an object without a namespace has none to match', () => {
  const subject = { kind: 'Kustomization', name: 'apps' }
  assert.equal(because({ match: { namespace: '*' } }, { subject }), 'namespace: wanted *, got none')
})

test('an exclusion takes out what the match took in, and is named', () => {
  const exclude = [{ reason: 'Progressing' }, { namespace: 'team-a', severity: 'error' as const }]
  assert.deepEqual(decide({ exclude }).destinations, [])
  assert.equal(because({ exclude }), 'excluded by exclude[1]: {"namespace":"team-a","severity":"error"}')
  assert.deepEqual(decide({ exclude }, { severity: 'critical' }).destinations, ['phone'])
})

test('one severity means and worse in a match, and milder in an exclusion', () => {
  const exclude = [{ severity: 'warning' as const }]
  const sent = (['info', 'warning', 'error', 'critical'] as const).filter(
    severity => decide({ exclude }, { severity }).destinations.length > 0,
  )
  assert.deepEqual(sent, ['error', 'critical'])
})

test('the destinations of all rules that match add up, each once', () => {
  const rules = [
    { name: 'a', destinations: ['chat'] },
    { name: 'b', match: { severity: 'critical' as const }, destinations: ['phone'] },
    { name: 'c', destinations: ['phone', 'chat'] },
  ]
  const { destinations, decisions } = compileRules(rules, ['phone', 'chat']).decide(failure)
  assert.deepEqual(destinations, ['chat', 'phone'])
  assert.deepEqual(
    decisions.map(({ rule, matched }) => [rule, matched]),
    [
      ['a', true],
      ['b', false],
      ['c', true],
    ],
  )
})

test('every mistake is told at once, with its path', () => {
  const rules = [
    { name: 'episode', match: { text: '(' }, destinations: ['phone'] },
    { name: 'a', exclude: [{ kind: 'x' }, { text: '(?=a)' }], destinations: ['pager'] },
    { name: 'a', destinations: [] },
  ]
  assert.throws(
    () => compileRules(rules, ['phone', 'chat']),
    (error: unknown) => {
      assert.ok(error instanceof RulesError)
      assert.deepEqual(
        error.mistakes.map(({ path }) => path.join('.')),
        ['0.name', '0.match.text', '1.destinations.0', '1.exclude.1.text', '2.name'],
      )
      assert.equal(error.mistakes[2]?.message, 'no destination is called "pager"; there are: phone, chat')
      return true
    },
  )
})

test('a long value is cut in the decision', () => {
  const reason = because({ match: { text: 'absent' } }, { text: 'x'.repeat(39_000) })
  assert.equal(reason, `text: wanted /absent/, got "${'x'.repeat(60)}…"`)
})
