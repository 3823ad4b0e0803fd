import { setOutput } from './github.ts'
import { parseOptions } from './options.ts'
import { writeRecord } from './record/record.ts'
import { readSource } from './record/source.ts'
import { planOf } from './record/tags.ts'
import type { Step } from './step.ts'
import { conclude } from './verdict.ts'

export const imageTag: Step = {
  name: 'image-tag',
  summary: 'Say which tags an event and its ref lead to, and begin the build record.',
  help: [
    'Usage: ./fairlead image-tag',
    '',
    '  pull request           pr-<number>',
    '  push to main           latest, sha-<commit>',
    '  push of release/1.2.3  1.2.3; nothing is built: ./fairlead gate --from-registry finds what main has built',
    '  anything else          none',
    '',
    'Nothing is tagged here: ./fairlead gate writes the tags. The record (out/record.json, or BUILD_RECORD) begins anew.',
    'In GitHub Actions: outputs tags, build, version and commit.',
  ].join('\n'),
  async run(args, context) {
    parseOptions(args, {})
    return conclude('image-tag', context, async () => {
      const source = await readSource(context)
      const { tags, build, version } = planOf(source)
      await writeRecord(context, { version: 1, source, tags, artifacts: {} })
      await setOutput(context, 'tags', tags.join(' '))
      await setOutput(context, 'build', String(build))
      await setOutput(context, 'version', version)
      await setOutput(context, 'commit', source.commit)
      const names = tags.length > 0 ? tags.join(', ') : 'no tags'
      const state = source.dirty ? '; the tree is dirty, so ./fairlead push will refuse what is built of it' : ''
      return `${source.event} of ${source.ref} at ${source.commit.slice(0, 12)}: ${names}${build ? '' : '; builds nothing'}${state}`
    })
  },
}
