import { durationText } from './burn.ts'
import type { Plan } from './plan.ts'
import { alertsOf, generated } from './rules.ts'
import { burnStories } from './stories/burn.ts'
import { recordedStories } from './stories/recorded.ts'
import { type Story, testOf } from './stories/story.ts'
import { targetStories } from './stories/target.ts'
import { warnStories } from './stories/warn.ts'

const storiesOf = (plan: Plan): Story[] => [
  ...plan.slos.flatMap(slo => [...recordedStories(plan, slo), ...burnStories(plan, slo), ...warnStories(plan, slo)]),
  ...targetStories(plan),
]

/** Tests of promtool, by path: a file for each distance of samples, because that is also how often rules are evaluated. */
export function testFiles(plan: Plan): { path: string; text: string }[] {
  const stories = storiesOf(plan)
  const alerts = alertsOf(plan)
  return [...new Set(stories.map(({ minutes }) => minutes))].map(minutes => ({
    path: `monitoring/tests/${plan.rules}${minutes === 1 ? '' : `-${durationText(minutes)}`}_test.yaml`,
    text: generated(plan, {
      rule_files: [`../rules/${plan.rules}.yaml`],
      evaluation_interval: durationText(minutes),
      fuzzy_compare: true,
      tests: stories.filter(story => story.minutes === minutes).map(story => testOf(story, plan, alerts)),
    }),
  }))
}
