import { type Alert, type Expectation, readAlerts, readExpectations } from './alerts.ts'

/** Texts by their path from the root: monitoring/rules/*.yaml, monitoring/tests/*.yaml, monitoring/runbooks/*.md. */
export type Texts = ReadonlyMap<string, string>

const SEVERITIES = ['critical', 'warning']
const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation']
const runbooks = 'monitoring/runbooks/'

/** Each alert says how grave it is and what to do, has a runbook, and a test in which it is quiet, fires and resolves. */
export function findMistakes(texts: Texts): string[] {
  const under = (folder: string) => [...texts].filter(([path]) => path.startsWith(folder))
  const alerts = under('monitoring/rules/').flatMap(([file, text]) =>
    readAlerts(text).map(alert => ({ ...alert, file })),
  )
  const stories = under('monitoring/tests/').flatMap(([, text]) => readExpectations(text))
  const names = alerts.map(({ alert }) => alert)
  return [
    ...alerts.flatMap(alert =>
      [...labelMistakes(alert), ...storyMistakes(alert, stories), ...runbookMistakes(alert, texts)].map(
        mistake => `${alert.file}: ${alert.alert}: ${mistake}`,
      ),
    ),
    ...names.filter((name, n) => names.indexOf(name) !== n).map(name => `${name}: there are two alerts of this name`),
    ...under(runbooks)
      .map(([path]) => path)
      .filter(path => path !== `${runbooks}README.md` && !names.some(name => path === `${runbooks}${name}.md`))
      .map(path => `${path}: there is no alert of this name`),
  ]
}

function labelMistakes({ alert, labels = {}, annotations = {} }: Alert): string[] {
  const { severity = 'none' } = labels
  const mistakes = SEVERITIES.includes(severity)
    ? []
    : [`severity: expected ${SEVERITIES.join(' or ')}, got ${severity}`]
  if (!labels.service) mistakes.push('it has no label service, by which it is routed')
  for (const name of ['summary', 'description']) if (!annotations[name]) mistakes.push(`it has no ${name}`)
  if (!annotations.runbook_url?.endsWith(`/${runbooks}${alert}.md`))
    mistakes.push(`runbook_url: expected an address that ends in /${runbooks}${alert}.md`)
  return mistakes
}

function storyMistakes({ alert }: Alert, stories: Expectation[][]): string[] {
  const told = stories.map(story => story.filter(each => each.alert === alert))
  const times = told.map(story => ({
    firing: story.filter(each => each.isFiring).map(each => each.atSeconds),
    quiet: story.filter(each => !each.isFiring).map(each => each.atSeconds),
  }))
  const whole = times.some(
    ({ firing, quiet }) =>
      firing.length > 0 && Math.min(...quiet) < Math.min(...firing) && Math.max(...quiet) > Math.max(...firing),
  )
  return whole ? [] : ['no test in monitoring/tests expects it quiet, then firing, then quiet again']
}

function runbookMistakes({ alert }: Alert, texts: Texts): string[] {
  const path = `${runbooks}${alert}.md`
  const text = texts.get(path)
  if (text === undefined) return [`there is no ${path}`]
  const found = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
  if (found.join() === SECTIONS.join()) return []
  return [`${path}: expected the sections ${SECTIONS.join(', ')}, got ${found.join(', ') || 'none'}`]
}
