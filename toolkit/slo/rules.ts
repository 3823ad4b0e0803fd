import { stringify } from 'yaml'
import { burnAlerts, warnAlert } from './alerts.ts'
import type { Plan } from './plan.ts'
import { budgetRecordings, shortRecordings } from './recording.ts'
import { type Alert, annotationsOf, type Group } from './rule.ts'
import { targetAlerts } from './target-alerts.ts'

/** In a group rules are evaluated in turn, so an alert sees what the recordings above it made of the same moment. */
function groupsOf(plan: Plan): Group[] {
  const [first] = plan.slos
  return plan.slos.flatMap(slo => [
    {
      name: `${plan.service}-${slo.name}`,
      rules: [
        ...shortRecordings(plan, slo),
        ...burnAlerts(plan, slo),
        ...warnAlert(plan, slo),
        ...(slo === first ? targetAlerts(plan) : []),
      ],
    },
    { name: `${plan.service}-${slo.name}-budget`, interval: '5m', rules: budgetRecordings(plan, slo) },
  ])
}

export const alertsOf = (plan: Plan): Alert[] =>
  groupsOf(plan).flatMap(({ rules }) => rules.filter(rule => 'alert' in rule))

/** As Prometheus takes it from a file, and a PrometheusRule in its spec. */
export const plainGroups = (plan: Plan) =>
  groupsOf(plan).map(({ rules, ...group }) => ({
    ...group,
    rules: rules.map(rule => {
      if ('record' in rule) return rule
      const { alert, expr, labels } = rule
      return { alert, expr, ...(rule.for && { for: rule.for }), labels, annotations: annotationsOf(rule, plan) }
    }),
  }))

export const ruleFile = (plan: Plan) => generated(plan, { groups: plainGroups(plan) })

/** For the Prometheus Operator. The chart adds what depends on the release. */
export const prometheusRule = (plan: Plan) =>
  generated(plan, {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: plan.service, labels: { 'app.kubernetes.io/name': plan.service } },
    spec: { groups: plainGroups(plan) },
  })

/** Begins every file that is made as a whole. */
export const MARK = '# Generated from monitoring/slo/'

/** Lines are never folded: where one breaks must not depend on how long a name is. */
export const generated = ({ stem }: Plan, content: object) => {
  const text = stringify(content, { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false })
  return `${MARK}${stem}.yaml by ./fairlead slo. Changes here are lost.\n${text}`
}
