import { parse } from 'yaml'
import { readValues, type Value } from './values.ts'

const START = '<!-- values: by ./fairlead chart -->'
const END = '<!-- end of values -->'

/** A chart's README is written by people; the table of its values stands between marks and is kept current. */
export function readmeOf(chart: string, values: string, now = skeletonOf(chart)): string {
  const [before, rest, ...more] = now.split(START)
  const [, after, ...evenMore] = rest?.split(END) ?? []
  if (before === undefined || after === undefined || more.length + evenMore.length > 0)
    throw new Error(`expected "${START}" and then "${END}", once; put them where the table belongs`)
  return `${before}${START}\n\n${tableOf(values)}\n\n${END}${after}`
}

function skeletonOf(chart: string): string {
  const { name, description } = parse(chart) as { name: string; description: string } // Helm demands them
  return `# ${name}\n\n${description}.\n\n## Values\n\n${START}\n${END}\n`
}

const tableOf = (values: string) =>
  ['| key | default | |', '|---|---|---|', ...readValues(values).filter(isTold).map(row)].join('\n')

/** A group needs no row of its own unless it has something to say. */
const isTold = (value: Value) => value.sentence !== '' || 'default' in value

const row = (value: Value) =>
  `| \`${value.key}\` | ${'default' in value ? code(JSON.stringify(value.default)) : ''} | ${cell(value.sentence)} |`

const code = (text: string) => `\`${cell(text)}\``
const cell = (text: string) => text.replaceAll('|', '\\|')
