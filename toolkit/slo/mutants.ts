/** One small change to an expression, which tests worth their name notice. */
export type Mutant = { change: string; text: string; isWindow: boolean }

type Token = { text: string; at: number; kind: 'string' | 'range' | 'name' | 'number' | 'sign' }

const tokens = /("[^"]*")|(\[[^\]]*\])|([A-Za-z_:][\w:]*)|(\d+(?:\.\d+)?)|(==|!=|>=|<=|=~|!~|[^\s\w])/g
const kinds = ['string', 'range', 'name', 'number', 'sign'] as const

/** Every change to an expression that would be a plausible mistake: of a limit, a window, a comparison, a matcher, a word. */
export function mutantsOf(expr: string): Mutant[] {
  const all = [...expr.matchAll(tokens)].map((found): Token => {
    const kind = kinds[found.slice(1).findIndex(group => group !== undefined)] ?? 'sign'
    return { text: found[0], at: found.index, kind }
  })
  const replaced = ({ text, at, kind }: Token, by: string): Mutant => ({
    change: `${text} → ${by} at ${at}`,
    isWindow: kind === 'range' || windowOf(text) !== undefined,
    text: `${expr.slice(0, at)}${by}${expr.slice(at + text.length)}`,
  })
  return all.flatMap((token, n) => [
    ...(others[token.kind]?.(token.text, all[n - 1]?.text ?? '', all[n + 1]?.text ?? '') ?? []).map(by =>
      replaced(token, by),
    ),
    ...withoutMatcher(expr, all.slice(n, n + 4)),
  ])
}

type Others = (text: string, before: string, after: string) => string[]

const words: Record<string, string[]> = {
  sum: ['min'],
  increase: ['delta'],
  rate: ['delta'],
  and: ['or', 'unless'],
  or: ['and'],
  unless: ['and'],
  namespace: ['instance'],
}
const signs: Record<string, string[]> = { '>': ['<', '=='], '>=': ['<'], '==': ['!='], '-': ['+'], '/': ['*'] }
const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d']

/** At the end of the name of a recorded series. */
const windowOf = (name: string) =>
  windows.find(each => name.endsWith(`increase${each}`) || name.endsWith(`rate${each}`))

const others: Partial<Record<Token['kind'], Others>> = {
  // The alternatives of a regular expression, each left out; and one that takes in what lies beside.
  string: text => {
    const alternatives = text.slice(1, -1).split('|')
    if (alternatives.length > 1)
      return alternatives.map((_, n) => `"${alternatives.filter((_, m) => m !== n).join('|')}"`)
    return text === '"5.."' ? ['"[45].."', '"500"'] : []
  },
  range: text => times(text.slice(1, -1)).map(each => `[${each}]`),
  name: (text, before) => {
    const window = windowOf(text)
    if (window === undefined) return words[text] ?? []
    if (before === '*') return [] // of 0 * x only the labels matter
    const next = windows[(windows.indexOf(window) + 1) % windows.length]
    return [text.slice(0, -window.length) + next]
  },
  // A count of events is far from its neighbours only by half; more than 0 events are at least 1.
  number: (text, before) => {
    if (text === '0') return before === '==' ? ['1'] : []
    return Number.isInteger(Number(text)) && before === '>='
      ? [String(Number(text) * 2), String(Number(text) / 2)]
      : [1.05, 0.95].map(by => String(Number((Number(text) * by).toPrecision(9))))
  },
  sign: (text, _, after) => [...(signs[text] ?? []), ...(text === '>' && after === '0' ? ['>='] : [])],
}

const times = (duration: string): string[] => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(duration) ?? []
  return count === undefined
    ? []
    : [
        `${Number(count) * 2}${unit}`,
        ...(duration === '1h' || duration === '1d' ? [] : [`${Math.ceil(Number(count) / 2)}${unit}`]),
      ]
}

/**
 * label, operator, value, and the comma behind them. Where two recorded series meet, either one says whose they are: only
 * without all of its matchers does a label not matter.
 */
function withoutMatcher(expr: string, [label, operator, value, comma]: Token[]): Mutant[] {
  if (label?.kind !== 'name' || value?.kind !== 'string' || !['=', '!=', '=~', '!~'].includes(operator?.text ?? ''))
    return []
  const end = comma?.text === ',' ? comma.at + 1 : value.at + value.text.length
  const matcher = expr.slice(label.at, end)
  if (['service', 'slo'].includes(label.text)) {
    const text = expr.replaceAll(matcher, '').replaceAll(/, *\}/g, '}')
    return expr.indexOf(matcher) === label.at ? [{ change: `without ${matcher}`, text, isWindow: false }] : []
  }
  const text = `${expr.slice(0, label.at)}${expr.slice(end)}`.replace(/, *\}/, '}')
  return [{ change: `without ${matcher} at ${label.at}`, text, isWindow: false }]
}
