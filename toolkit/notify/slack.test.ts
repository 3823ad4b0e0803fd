import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slackPayload } from './slack.ts'

const message = {
  result: 'failed' as const,
  repository: 'acme/shop',
  workflow: 'ci',
  ref: 'refs/heads/main',
  commit: 'c'.repeat(40),
  title: '',
  by: 'octo',
  url: 'https://github.com/acme/shop/actions/runs/1',
  jobs: [],
  id: 'pipeline_1_1_failed',
}

for (const [what, character] of [
  ['letters', 'x'],
  ['ships', '🚢'],
  ['signs that are escaped', '&'],
  ['halves of characters', '\ud83d'],
] as const) {
  test(`20,000 ${what} stay within Slack's limits, cut between characters`, () => {
    const huge = character.repeat(20_000)
    const { text, blocks } = slackPayload({
      ...message,
      workflow: huge,
      title: huge,
      url: `https://x/${'y'.repeat(4000)}`,
    })
    const [header, section] = blocks.map(block => ('text' in block ? block.text.text : ''))
    assert.equal(blocks.length, 2) // without the button: its address is too long
    for (const [part = '', limit] of [
      [text, 3000],
      [header, 150],
      [section, 3000],
    ] as const) {
      assert.ok(part.length <= limit && part.length > limit - 30, `${part.length} of ${limit}`)
      assert.ok(part.isWellFormed())
      assert.ok(part.endsWith('… (cut)'))
    }
    assert.doesNotMatch(text, /&(?!amp;|lt;|gt;)/)
  })
}
