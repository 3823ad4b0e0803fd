import type { Plan } from '../plan.ts'
import { deliveryDashboard } from './delivery.ts'
import { serviceDashboard } from './service.ts'

/** By the file in monitoring/slo that says what is promised. */
const makers: Readonly<Record<string, (plan: Plan) => string>> = {
  delivery: deliveryDashboard,
  service: serviceDashboard,
}

/** The dashboards for Grafana: the texts of the files in monitoring/dashboards, by their names. */
export function dashboards(plans: readonly Plan[]): Map<string, string> {
  return new Map(
    plans.map(plan => {
      const make = makers[plan.stem]
      if (make === undefined)
        throw new Error(
          `monitoring/slo/${plan.stem}.yaml: there is no dashboard for it; add one to toolkit/slo/dashboards`,
        )
      return [`${plan.stem}.json`, make(plan)]
    }),
  )
}
