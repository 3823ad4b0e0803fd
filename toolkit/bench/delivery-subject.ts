import { deliveryHelp } from './delivery-plan.ts'
import type { Subject } from './plan.ts'

export const deliverySubject: Subject = {
  help: deliveryHelp,
  run: async (args, context) => (await import('./delivery.ts')).benchDelivery(args, context),
}
