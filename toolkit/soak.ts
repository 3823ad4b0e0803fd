import { checkRuleChanges } from './check/rule-changes.ts'
import { deliveryLoops } from './delivery/soak.ts'
import { drill } from './drill.ts'
import { createSoak } from './soak/create.ts'

export const soak = createSoak({
  ...deliveryLoops,
  rules: {
    summary: 'every plausible mistake in a generated rule is noticed by its tests',
    async run(_, context) {
      const { word, detail } = await checkRuleChanges(context, 1)
      context.print(`${word}: ${detail}`)
      return word === 'passed'
    },
  },
  chart: {
    summary: 'helm/service is upgraded, fails to upgrade and is rolled back under load, and no request fails',
    counts: { name: 'requests', usually: 50_000 },
    run: async (requests, context) =>
      (await (await import('./e2e/run-chart.ts')).runChart({ keep: false, requests }, context)) === 0,
  },
  drills: {
    summary: 'every alert fires, arrives and resolves, on a stack of its own',
    run: async (_, context) => (await drill.run(['--all'], context)) === 0,
  },
})
