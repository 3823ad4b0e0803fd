import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

export type Contexts = Record<string, unknown>

/** What the functions of GitHub say at this place; `hashFiles` is absent where GitHub has none, in the `if` of a job. */
export type Functions = {
  success(): boolean
  failure(): boolean
  cancelled(): boolean
  hashFiles?(patterns: string[]): string
}

const statusFunctions = /\b(success|failure|cancelled|always)\s*\(/

/** Whether a step or job runs: without a word about those before it, they must all have succeeded. */
export function isTrue(condition: string | undefined, contexts: Contexts, functions: Functions): boolean {
  const text = (condition ?? '').trim().replace(/^\$\{\{(.*)\}\}$/s, '$1')
  const whole = text === '' ? 'success()' : statusFunctions.test(text) ? text : `success() && (${text})`
  return evaluate(`!!(${whole})`, contexts, functions) === 'true'
}

/** A text with its expressions replaced by what they say. */
export function interpolate(text: string, contexts: Contexts, functions: Functions): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts, functions))
}

/** Throws for a context or a function that GitHub would not know at this place. */
function evaluate(expression: string, contexts: Contexts, functions: Functions): string {
  const known = definitions(functions)
  const { tokens } = new Lexer(expression).lex()
  const parsed = new Parser(tokens, Object.keys(contexts), known).parse()
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary // the reviver makes one of every object
  return new Evaluator(parsed, values, new Map(known.map(each => [each.name.toLowerCase(), each])))
    .evaluate()
    .coerceString()
}

function definitions({ success, failure, cancelled, hashFiles }: Functions) {
  const answer = (name: string, call: () => boolean) => ({
    ...{ name, minArgs: 0, maxArgs: 0 },
    call: () => new data.BooleanData(call()),
  })
  const status = [
    answer('success', success),
    answer('failure', failure),
    answer('cancelled', cancelled),
    answer('always', () => true),
  ]
  if (hashFiles === undefined) return status
  const call = (...patterns: data.ExpressionData[]) =>
    new data.StringData(hashFiles(patterns.map(each => each.coerceString())))
  return [...status, { name: 'hashFiles', minArgs: 1, maxArgs: 255, call }]
}
