import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../exec.ts'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Context } from '../step.ts'
import { prepareTool } from '../tools/build.ts'
import { pinOf } from '../tools/pins.ts'
import type { Endpoint, Judgement, Traffic } from './evaluate.ts'
import type { NetworkPolicy } from './policy.ts'

type Question = { policies: readonly NetworkPolicy[]; traffic: readonly Traffic[] }

/** Answers come in the order of the questions, and of their traffic. */
export type Oracle = { release: string; ask(questions: readonly Question[]): Promise<Judgement[][]> }

/** The matcher of cyclonus (third-party/cyclonus), which shares no line with `judge`. */
export async function prepareOracle(context: Context): Promise<Oracle> {
  const { path, release } = await prepareTool(pinOf('cyclonus'), context)
  return {
    release,
    async ask(questions) {
      await using folder = await temporaryFolder('cyclonus-')
      const file = join(folder.path, 'questions.json')
      const asked = questions.map(({ policies, traffic }) => ({ policies, traffic: traffic.map(inItsWords) }))
      await writeFile(file, JSON.stringify(asked, withoutEmpty))
      const { code, stdout, stderr } = await run(path, [file], { env: context.env, signal: context.signal })
      if (code !== 0) throw new Error(`cyclonus ended with ${code}: ${stderr.trim()}`)
      return JSON.parse(stdout) as Judgement[][] // third-party/cyclonus/main.go
    },
  }
}

// To cyclonus a label that is absent equals one whose value is empty; to Kubernetes it does not. An underscore cannot be
// the first character of a real value.
const withoutEmpty = (_key: string, value: unknown) => (value === '' ? '_empty' : value)

const inItsWords = ({ from, to, port, portName, protocol }: Traffic) => ({
  Source: endInItsWords(from),
  Destination: endInItsWords(to),
  ResolvedPort: port,
  ResolvedPortName: portName,
  Protocol: protocol,
})

const endInItsWords = ({ address, pod }: Endpoint) => ({
  IP: address,
  Internal: pod && { Namespace: pod.namespace, NamespaceLabels: pod.namespaceLabels, PodLabels: pod.labels },
})
