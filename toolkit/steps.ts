import type { Step } from './step.ts'

type Steps = Record<string, () => Promise<Step>>

/** Every step in the order that `./fairlead` prints, imported when it is asked for. */
export const steps: Steps = {
  init: async () => (await import('./init.ts')).init,
  migrate: async () => (await import('./migrate.ts')).migrate,
  bundle: async () => (await import('./bundle.ts')).bundle,
  image: async () => (await import('./image.ts')).image,
  bench: async () => (await import('./bench.ts')).bench,
  cluster: async () => (await import('./cluster.ts')).cluster,
  e2e: async () => (await import('./e2e.ts')).e2e,
  check: async () => (await import('./check.ts')).check,
  drill: async () => (await import('./drill.ts')).drill,
  soak: async () => (await import('./soak.ts')).soak,
  'verify-webhook': async () => (await import('./verify-webhook.ts')).verifyWebhook,
  messages: async () => (await import('./delivery/messages.ts')).messages,
  slo: async () => (await import('./slo.ts')).slo,
  chart: async () => (await import('./chart.ts')).chart,
  tools: async () => (await import('./tools.ts')).tools,
  doctor: async () => (await import('./doctor.ts')).doctor,
}

/** Those that people know by their npm scripts. */
export const npmSteps: Steps = {
  start: async () => (await import('./start.ts')).start,
  dev: async () => (await import('./dev.ts')).dev,
  test: async () => (await import('./test.ts')).test,
  delivery: async () => (await import('./delivery/run.ts')).delivery,
  fix: async () => (await import('./fix.ts')).fix,
}
