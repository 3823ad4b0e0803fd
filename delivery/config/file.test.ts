import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings } from './file.ts'

const mistakesOf = (text: string) => parseSettings(text, 'f.yaml').mistakes

test('every mistake is told at once, with its line and column, and no value that may be a secret', () => {
  const text = `rules:
  - name: all
    destination: [phone]
    match: { severity: [eror] }
retention:
  delivered: 48
storage: { warning: 1.5 }
destinations:
  phone:
    type: pushover
    userKey: s3cr3t-user-key
    token: { env: A, file: b }
    concurrency: 0
    tokn: s3cr3t-somewhere
  Chat: { type: teams }
probes:
`
  const rule = 'expected {file: <path>} or {env: <NAME>}: a secret itself never stands here; the value is not shown'
  assert.deepEqual(mistakesOf(text), [
    'f.yaml:2:5: rules.0.destinations: required',
    'f.yaml:3:5: rules.0.destination: unknown key; did you mean destinations?',
    'f.yaml:4:14: rules.0.match.severity: expected info, warning, error or critical, or a list of them',
    'f.yaml:6:3: retention.delivered: expected a duration from 0s to 3650d, such as 500ms, 10s, 5m, 48h or 7d, got 48',
    'f.yaml:7:12: storage.warning: expected a number from 0 to 1, got 1.5',
    `f.yaml:11:5: destinations.phone.userKey: ${rule}`,
    `f.yaml:12:5: destinations.phone.token: ${rule}`,
    'f.yaml:13:5: destinations.phone.concurrency: expected a whole number from 1 to 2, got 0',
    'f.yaml:14:5: destinations.phone.tokn: unknown key; did you mean token?',
    'f.yaml:15:3: destinations.Chat: expected a name of 1 to 63 lower case letters, digits and -, such as team-a, got "Chat"',
    'f.yaml:15:11: destinations.Chat.type: expected type: pushover, webhook, slack or console, got "teams"',
    'f.yaml:16:1: probes: expected keys and values, got nothing; fill it or leave it out',
  ])
})

test('a secret that stands in a list, and a list of none or of too many, are told without the value', () => {
  const text = `sources:
  a: { type: flux, token: [s3cr3t-token] }
  b: { type: flux, token: [], hmacKey: [{ env: A }, { env: B, file: c }] }
  c: { type: flux, token: [{ env: A }, { env: B }, { env: C }, { env: D }, { env: E }, { env: F }] }
  d: { type: flux, token: s3cr3t-token }
`
  const rule = 'expected {file: <path>} or {env: <NAME>}: a secret itself never stands here; the value is not shown'
  const several = `${rule}; or a list of 1 to 5 of these`
  assert.deepEqual(mistakesOf(text), [
    `f.yaml:2:20: sources.a.token: ${several}`,
    `f.yaml:3:20: sources.b.token: ${several}`,
    `f.yaml:3:53: sources.b.hmacKey.1: ${rule}`,
    `f.yaml:4:20: sources.c.token: ${several}`,
    `f.yaml:5:20: sources.d.token: ${several}`,
  ])
})

for (const [what, text, mistake] of [
  [
    'what is no YAML',
    'a: [1',
    'f.yaml:1:6: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['a key that stands twice', 'log: {}\nlog: {}\n', 'f.yaml:2:1: Map keys must be unique'],
  ['a list', '- a\n', 'f.yaml:1:1: expected keys and values, got "a list"'],
  ['an empty list', 'retention: []\n', 'f.yaml:1:1: retention: expected keys and values, got "a list"'],
  ['a single word', 'on', 'f.yaml:1:1: expected keys and values, got "on"'],
] as const) {
  test(`${what} is told with its place`, () => {
    assert.deepEqual(mistakesOf(text), [mistake])
  })
}

test('an alias leads to the mistake where it stands', () => {
  const text = 'destinations:\n  a: &a { type: console, ordered: 0 }\n  b: *a\n'
  assert.deepEqual(mistakesOf(text), [
    'f.yaml:2:26: destinations.a.ordered: expected true or false, got 0',
    'f.yaml:2:26: destinations.b.ordered: expected true or false, got 0',
  ])
})

test('zero, false and an empty list are told from what is left out', () => {
  const { settings } = parseSettings(
    'rules: []\nretention: { enabled: false, delivered: 0s }\nepisodes: { window: 0s }\nstorage: { warning: 0 }\n',
    'f.yaml',
  )
  assert.deepEqual(settings?.rules, [])
  assert.deepEqual(settings?.retention, { enabled: false, delivered: 0, every: 3_600_000 })
  assert.deepEqual([settings?.episodes.window, settings?.storage.warning], [0, 0])
  const { settings: unset } = parseSettings('', 'f.yaml')
  assert.deepEqual([unset?.rules, unset?.retention.delivered], [undefined, 48 * 3_600_000])
})

test('a file of comments only, or of nothing, is the defaults', () => {
  assert.deepEqual(parseSettings('# nothing\n', 'f.yaml').settings, parseSettings('', 'f.yaml').settings)
  assert.ok(parseSettings('', 'f.yaml').settings)
})
