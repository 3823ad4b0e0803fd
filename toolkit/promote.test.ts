import assert from 'node:assert/strict'
import { test } from 'node:test'
import { promote } from './promote.ts'
import { createContext } from './testing/context.ts'

const wrong: [args: string[], message: RegExp][] = [
  [[], /--to: expected nonprod or prod, got ""/],
  [['--to', 'staging'], /--to: expected nonprod or prod, got "staging"/],
  [['--to', 'nonprod', '--digest', 'sha256:0'], /--digest and --repo go with --to prod/],
  [['--to', 'nonprod', '--repo', 'acme/shop'], /--digest and --repo go with --to prod/],
  [['--to', 'prod', '--repo', 'acme/../shop'], /--repo: expected owner\/name/],
  [['--to', 'prod', '--diggest', 'x'], /unknown option '?--diggest'?; did you mean --digest/],
]
for (const [args, message] of wrong)
  test(`refused: promote ${args.join(' ')}`, () => assert.rejects(promote.run(args, createContext()), message))

test('a digest that is none is refused before anything is asked', async () => {
  const context = createContext()
  const env = { ...context.env, PROMOTE_TOKEN: 's3cr3t-promote-0003' }
  assert.equal(await promote.run(['--to', 'prod', '--digest', 'v1.2.3'], { ...context, env }), 1)
  assert.match(context.lines.join('\n'), /FAILED +promote .*--digest: expected sha256:<64 hex digits>, got "v1\.2\.3"/)
})
