import { testContainer } from './container-test/run.ts'
import { openEngine } from './engine/engine.ts'
import { parseOptions } from './options.ts'
import { builtArtifacts, needFile, withArtifact } from './record/needs.ts'
import { entry, readRecord, updateRecord } from './record/record.ts'
import type { Step } from './step.ts'
import { conclude } from './verdict.ts'

export const containerTest: Step = {
  name: 'container-test',
  summary:
    'Run each image of the record as a cluster would, ask it for its pages, and demand what its metrics then say.',
  help: [
    'Usage: ./fairlead container-test',
    '',
    'Each runs without root, without capabilities, without a network and with a read-only file system; it has to become',
    'healthy, answer its probes and its first page, count that in /metrics line by line, and end with 0 at SIGTERM.',
    'What is run is the file that ./fairlead build has saved: the one that is scanned and pushed.',
  ].join('\n'),
  async run(args, context) {
    parseOptions(args, {})
    return conclude('container-test', context, async () => {
      const all = builtArtifacts((await readRecord(context)).artifacts)
      const images = all.filter(([, { kind }]) => kind === 'image')
      if (images.length === 0) throw new Error('the build record has no image; ./fairlead build adds them')
      for (const [, artifact] of images) needFile(context, artifact)
      context.print(`runs ${images.map(([key]) => key).join(', ')}`)
      const engine = await openEngine(context)
      try {
        const lines: string[] = []
        for (const [key, artifact] of images) {
          const line = await testContainer(key, artifact, { engine, context })
          lines.push(`${key} ${line}`)
          const containerTest = { ...entry(context, artifact.id), line }
          await updateRecord(context, record => withArtifact(record, key, { containerTest }))
        }
        return lines.join('; ')
      } finally {
        await engine.close()
      }
    })
  },
}
