import { isMap, isPair, isScalar, LineCounter, type Pair, parseAllDocuments, visit } from 'yaml'
import { chosenIn, substitute } from './variables.ts'

/** A query of this tree, with the place of its key. A rule has the labels it adds, a recording rule also its name. */
export type Expression = {
  file: string
  line: number
  text: string
  rule?: { record?: string; labels: Record<string, string>; annotations: string[] }
}

/** Keys that hold PromQL, by the folder of the file. */
const keys: [path: RegExp, keys: string[]][] = [
  [/^monitoring\/rules\/.*\.ya?ml$/, ['expr']],
  [/^monitoring\/dashboards\/.*\.json$/, ['expr', 'definition']], // the latter of a variable
  [/^monitoring\/slo\/.*\.ya?ml$/, ['query', 'expr']],
  [/^prometheus\/.*\.(ya?ml|json)$/, ['expr']],
  [/^helm\/(?!.*\/templates\/).*\.ya?ml$/, ['expr', 'query']],
]

/** Where queries may stand: the rest of the tree need not be read. */
export const mayHoldExpressions = (path: string) =>
  path.endsWith('.md') || /^helm\/.*\/templates\//.test(path) || keys.some(([place]) => place.test(path))

/** Every query in these texts, which are by their path from the root. */
export function findExpressions(texts: ReadonlyMap<string, string>): Expression[] {
  return [...texts].flatMap(([file, text]) => {
    if (file.endsWith('.md')) return inMarkdown(file, text)
    if (/^helm\/.*\/templates\//.test(file)) return inTemplate(file, text)
    const own = keys.find(([place]) => place.test(file))?.[1]
    return own === undefined ? [] : inYaml(file, text, own)
  })
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length

const inMarkdown = (file: string, text: string): Expression[] =>
  [...text.matchAll(/^ *```promql\n([\s\S]*?)\n *```$/gm)].map(found => ({
    ...{ file, line: lineAt(text, found.index) + 1, text: found[1] ?? '' },
  }))

/** A template is no YAML: a query in it stands on one line, and what the template puts in is left open. */
const inTemplate = (file: string, text: string): Expression[] =>
  [...text.matchAll(/^ *(?:- )?(?:expr|query): (.+)$/gm)].map(found => ({
    ...{
      file,
      line: lineAt(text, found.index),
      text: unquoted((found[1] ?? '').replace(/\{\{.*?\}\}/g, '.+').trim()),
    },
  }))

/** Of YAML's two ways to quote, the double one has the escapes of JSON. */
function unquoted(text: string): string {
  const [, single] = /^'(.*)'$/.exec(text) ?? []
  return text.startsWith('"') ? String(JSON.parse(text)) : (single?.replaceAll("''", "'") ?? text)
}

/** JSON is YAML. */
function inYaml(file: string, text: string, wanted: readonly string[]): Expression[] {
  const found: Expression[] = []
  const chosen = file.endsWith('.json') ? chosenIn(text) : undefined
  const lineCounter = new LineCounter()
  for (const document of parseAllDocuments(text, { lineCounter })) {
    if (document.errors[0]) throw new Error(`${file}: ${document.errors[0].message}`)
    visit(document, {
      Pair(_, pair, path) {
        const key = keyOf(pair)
        if (key === undefined || !wanted.includes(key) || !isScalar(pair.value)) return
        if (typeof pair.value.value !== 'string') return
        const { line } = lineCounter.linePos(pair.value.range?.[0] ?? 0)
        const parent = path.at(-1)
        const rule = isMap(parent) ? ruleOf(parent.toJSON() as RuleFields) : undefined // unknown keys are not read
        found.push({
          file,
          line,
          text: chosen ? substitute(ofVariable(pair.value.value), chosen) : pair.value.value,
          ...(rule && { rule }),
        })
      },
    })
  }
  return found
}

/** Grafana's own function for the choices of a variable. */
const ofVariable = (text: string) => text.replace(/^label_values\((.*), *(\w+)\)$/, 'group by ($2) ($1)')

const keyOf = (pair: Pair) => (isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined)

type RuleFields = {
  record?: string
  alert?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

function ruleOf({ record, alert, labels = {}, annotations = {} }: RuleFields): Expression['rule'] {
  if (record === undefined && alert === undefined) return undefined
  return { labels, annotations: Object.values(annotations), ...(record !== undefined && { record }) }
}
