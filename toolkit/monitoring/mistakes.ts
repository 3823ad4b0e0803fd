import { posix } from 'node:path'
import { type Alert, type Expectation, readAlerts, readExpectations } from './alerts.ts'

/** Texts by their path from the root: everything in monitoring/. */
export type Texts = ReadonlyMap<string, string>

/** `none` always fires: it is a sign of life, and has no moment at which it is quiet. */
const SEVERITIES = ['critical', 'warning', 'info', 'none']
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
      [...labelMistakes(alert, texts), ...storyMistakes(alert, stories), ...runbookMistakes(alert, texts)].map(
        mistake => `${alert.file}: ${alert.alert}: ${mistake}`,
      ),
    ),
    ...names.filter((name, n) => names.indexOf(name) !== n).map(name => `${name}: there are two alerts of this name`),
    ...under(runbooks)
      .map(([path]) => path)
      .filter(path => path !== `${runbooks}README.md` && !names.some(name => path === `${runbooks}${name}.md`))
      .map(path => `${path}: there is no alert of this name`),
    ...under(runbooks).flatMap(([path, text]) => linkMistakes(path, text, texts).map(mistake => `${path}: ${mistake}`)),
  ]
}

function labelMistakes({ alert, labels = {}, annotations = {} }: Alert, texts: Texts): string[] {
  const { severity = 'nothing' } = labels
  const mistakes = SEVERITIES.includes(severity)
    ? []
    : [`severity: expected ${SEVERITIES.join(' or ')}, got ${severity}`]
  if (!labels.service) mistakes.push('it has no label service, by which it is routed')
  for (const name of ['summary', 'description']) if (!annotations[name]) mistakes.push(`it has no ${name}`)
  if (!annotations.runbook_url?.endsWith(`/${runbooks}${alert}.md`))
    mistakes.push(`runbook_url: expected an address that ends in /${runbooks}${alert}.md`)
  const [, dashboard = ''] = /\/blob\/main\/(.+)$/.exec(annotations.dashboard_url ?? '') ?? []
  if (!texts.has(dashboard))
    mistakes.push(
      `dashboard_url: expected an address that ends in /blob/main/ and a file, got ${annotations.dashboard_url ?? 'none'}`,
    )
  return mistakes
}

function storyMistakes({ alert, labels }: Alert, stories: Expectation[][]): string[] {
  const told = stories.map(story => story.filter(each => each.alert === alert))
  if (labels?.severity === 'none') {
    const all = told.flat()
    return all.length > 0 && all.every(each => each.isFiring) ? [] : ['no test in monitoring/tests expects it to fire']
  }
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

/** Of a runbook to other files here. */
function linkMistakes(path: string, text: string, texts: Texts): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].flatMap(([, link = '']) => {
    const target = posix.join(posix.dirname(path), link)
    return texts.has(target) ? [] : [`it links to ${link}, but there is no ${target}`]
  })
}
