import { durationText, windows } from '../burn.ts'
import { budgetOf, type Plan } from '../plan.ts'
import { badShareIn, recordedOf } from '../recording.ts'
import type { Row } from './dashboard.ts'
import { half, type Line, timeSeries } from './panels.ts'

/** For each objective, what is left of its budget and how fast that goes, as its recording rules have it. */
export const objectives = (plan: Plan): Row => ({
  title: 'Objectives',
  panels: plan.slos.flatMap(slo => {
    const { title, burnAlert, days, target } = slo
    const recorded = recordedOf(plan, slo)
    const percent = Number((target * 100).toPrecision(9))
    return [
      timeSeries(
        [
          `${title}: budget left`,
          `Of ${percent} % over ${days} days; below zero the objective is missed.`,
          'percentunit',
        ],
        [[`slo:error_budget:left_ratio${recorded}`, 'left {{namespace}}']],
        { ...half, max: 1, runbook: `${burnAlert}Slow`, limits: [['red', 0]] },
      ),
      timeSeries(
        [`${title}: burn rate`, 'By window: at 1 the budget is spent exactly when its time is over.', 'none'],
        windows.map((minutes): Line => {
          const window = durationText(minutes)
          return [`${badShareIn(minutes)}${recorded} / ${budgetOf(slo)}`, `${window} {{namespace}}`]
        }),
        { ...half, runbook: `${burnAlert}Fast` },
      ),
    ]
  }),
})
