import { parser } from '@prometheus-io/lezer-promql'

type Node = ReturnType<typeof parser.parse>['topNode']

export type Operator = '=' | '!=' | '=~' | '!~'
export type Matcher = { label: string; operator: Operator; value: string }
/** What of a query decides which series and labels it needs. `at` is where it begins. */
export type Query = { at: number } & (
  | { kind: 'selector'; metric: string | undefined; matchers: Matcher[] }
  | { kind: 'range'; of: Query } // a range selector or a subquery
  | { kind: 'call'; name: string; args: Query[] }
  | { kind: 'aggregate'; name: string; keeps: 'by' | 'without'; labels: string[]; args: Query[] }
  | { kind: 'binary'; operator: string; left: Query; right: Query; matching: Matching }
  | { kind: 'text'; value: string }
  | { kind: 'number' }
)
export type Matching = { kind: 'on' | 'ignoring'; labels: string[]; many?: 'left' | 'right'; included: string[] }

export class PromqlError extends Error {
  override name = 'PromqlError'
  readonly at: number
  constructor(sentence: string, at: number) {
    super(sentence)
    this.at = at
  }
}

/** Throws PromqlError where the text is no PromQL. The grammar knows no types: `rate(up)` passes. */
export function parsePromql(text: string): Query {
  const tree = parser.parse(text)
  tree.iterate({
    enter(node) {
      if (!node.type.isError) return
      const found = text.slice(node.from, node.from + 20)
      throw new PromqlError(`it is no PromQL: unexpected ${found === '' ? 'end' : `"${found}"`}`, node.from)
    },
  })
  const [query] = childrenOf(tree.topNode)
  if (query === undefined) throw new PromqlError('it is empty', 0)
  return read(query, text)
}

/** What wraps one expression and changes neither its series nor its labels. */
const wrappers = ['ParenExpr', 'UnaryExpr', 'OffsetExpr', 'StepInvariantExpr', 'AnchoredExpr', 'SmoothedExpr']

function read(node: Node, text: string): Query {
  const at = node.from
  const parts = childrenOf(node)
  const textOf = (part: Node | undefined) => (part === undefined ? '' : text.slice(part.from, part.to))
  const child = (name: string) => parts.find(part => part.name === name)
  const inner = () => {
    const found = parts.find(part => part.type.is('Expr'))
    if (found === undefined) throw new PromqlError(`${node.name} without an expression`, at)
    return read(found, text)
  }
  const args = () => childrenOf(child('FunctionCallBody')).map(part => read(part, text))
  if (wrappers.includes(node.name)) return inner()
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'number', at }
    case 'StringLiteral':
      return { kind: 'text', at, value: unquote(textOf(node)) }
    case 'VectorSelector':
      return { kind: 'selector', at, ...selectorOf(child('Identifier'), child('LabelMatchers'), textOf) }
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return { kind: 'range', at, of: inner() }
    case 'FunctionCall':
      return { kind: 'call', at, name: textOf(child('FunctionIdentifier')), args: args() }
    case 'AggregateExpr': {
      const [keeps, labels] = childrenOf(child('AggregateModifier'))
      const how = { keeps: keeps?.name === 'Without' ? ('without' as const) : ('by' as const) }
      return {
        kind: 'aggregate',
        at,
        name: textOf(child('AggregateOp')),
        ...how,
        labels: labelsOf(labels, textOf),
        args: args(),
      }
    }
    case 'BinaryExpr': {
      const [left, operator, ...rest] = parts
      const right = rest.at(-1)
      if (left === undefined || operator === undefined || right === undefined) break
      const matching = matchingOf(child('MatchingModifierClause'), textOf)
      return {
        kind: 'binary',
        at,
        operator: textOf(operator),
        left: read(left, text),
        right: read(right, text),
        matching,
      }
    }
  }
  throw new PromqlError(`${node.name} is not known here: teach toolkit/telemetry/promql.ts`, at)
}

type TextOf = (node: Node | undefined) => string

function selectorOf(identifier: Node | undefined, braces: Node | undefined, textOf: TextOf) {
  let metric = identifier && textOf(identifier)
  const matchers: Matcher[] = []
  for (const part of childrenOf(braces)) {
    const [label, operator, value] = childrenOf(part)
    if (part.name === 'QuotedLabelName')
      metric = unquote(textOf(part)) // {"metric", …}
    else {
      const name = textOf(label)
      const plain = label?.name === 'QuotedLabelName' ? unquote(name) : name
      // The grammar has these four operators here.
      matchers.push({ label: plain, operator: textOf(operator) as Operator, value: unquote(textOf(value)) })
    }
  }
  return { metric, matchers }
}

function matchingOf(clause: Node | undefined, textOf: TextOf): Matching {
  const parts = childrenOf(clause)
  const lists = parts.filter(part => part.name === 'GroupingLabels').map(part => labelsOf(part, textOf))
  const has = (name: string) => parts.some(part => part.name === name)
  const many = has('GroupLeft') ? 'left' : has('GroupRight') ? 'right' : undefined
  const [labels = [], included = []] = lists
  return { kind: has('On') ? 'on' : 'ignoring', labels, included, ...(many && { many }) }
}

const labelsOf = (node: Node | undefined, textOf: TextOf) =>
  childrenOf(node).map(part => (part.name === 'QuotedLabelName' ? unquote(textOf(part)) : textOf(part)))

function childrenOf(node: Node | undefined): Node[] {
  const found: Node[] = []
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') found.push(child)
  }
  return found
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' }

/** Go's escapes, as far as anybody uses them in a label; between backticks there are none. */
function unquote(literal: string): string {
  const body = literal.slice(1, -1)
  return literal.startsWith('`') ? body : body.replace(/\\(.)/gs, (_, char: string) => escapes[char] ?? char)
}
