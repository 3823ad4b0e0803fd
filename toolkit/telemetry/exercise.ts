import { exerciseDelivery } from './delivery-exercise.ts'
import { exerciseService } from './service-exercise.ts'

export type Running = {
  /** Base addresses, without a slash at the end. */
  service: string
  /** What the service takes as ADMIN_FLAGS_TOKEN; without it /admin/flags is only refused. */
  adminToken?: string | undefined
  delivery?: DeliveryRunning | undefined
}
export type DeliveryRunning = {
  url: string
  /** What it takes as WEBHOOK_TOKEN and as DELIVERY_API_TOKEN. */
  webhookToken: string
  apiToken: string
  /** A destination that gives up on each message soon, if there is one: its dead letters are replayed. */
  failing?: string | undefined
}

/**
 * Uses a running service and delivery plane, by HTTP alone, in every way that their metrics tell apart, until they show it.
 * With the flags of `exerciseFlags` the service also fails; without them it cannot be made to.
 */
export async function exercise({ service, adminToken, delivery }: Running, signal: AbortSignal): Promise<void> {
  await exerciseService(service, adminToken, signal)
  if (delivery) await exerciseDelivery(delivery, signal)
}
